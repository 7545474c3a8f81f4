import assert from "node:assert/strict";
import { change, underTraffic } from "../../support/change";
import type { Settings } from "../../support/cluster";
import { waitFor } from "../../support/command";
import { cluster } from "./shared";

const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

describe("settings of a cluster that runs", () => {
    let nodes: string[] = [];

    before(async () => {
        await cluster.isStarted();
        nodes = await cluster.readyNodes();
    });

    it("are changed in the API server, in etcd, in all kubelets, in kube-proxy, containerd and HAProxy, one control plane after another", async () => {
        const settings = {
            apiServerExtraArgs: { "max-requests-inflight": "900" },
            extraVolumes: {
                apiServer: [{ name: "id", hostPath: "/etc/machine-id", mountPath: "/machine-id", readOnly: true }],
            },
            extraEnvs: { scheduler: { GOGC: "90" } },
            etcdExtraArgs: { "quota-backend-bytes": "4294967296" },
            certSANs: ["api.example.test"],
            kubelet: { maxPods: 120 },
            kubeProxy: { metricsBindAddress: "0.0.0.0:10249" },
            containerd: '[plugins."io.containerd.cri.v1.runtime"]\nmax_container_log_line_size = 8192',
            haproxy: { defaults: "timeout client 1h", frontend: "bind 127.0.0.1:6444" },
            registryMirrors: { "registry.example.test": ["http://127.0.0.1:9"] },
        };

        await change(cluster, settings, { machines: nodes, clusterSteps: ["load-balancer-haproxy"] });

        for (const machine of controlPlanes) {
            assert.match(await processOf(machine, "kube-apiserver"), /^--max-requests-inflight=900$/m, machine);
            assert.match(await processOf(machine, "etcd"), /^--quota-backend-bytes=4294967296$/m, machine);
            const mounts = 'cat "/proc/$(pgrep --newest --exact kube-apiserver)/mountinfo"';
            assert.match(await cluster.onMachine(machine, mounts), / \/machine-id ro,/, machine);
            assert.match(await processOf(machine, "kube-scheduler", "environ"), /^GOGC=90$/m, machine);
            const names = "openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt";
            assert.match(await cluster.onMachine(machine, names), /DNS:api\.example\.test/, machine);
        }
        const path = "jsonpath={.status.capacity.pods}";
        assert.equal(await cluster.kubectl(["get", "node", "worker-1", "--output", path]), "120");
        const restarted = ["rollout", "status", "daemonset/kube-proxy", "--timeout", "2m"];
        await cluster.kubectl(["--namespace", "kube-system", ...restarted]);
        const address = 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}';
        const worker = await cluster.kubectl(["get", "node", "worker-1", "--output", address]);
        const askForMode = `curl --silent --show-error --fail http://${worker.trim()}:10249/proxyMode`;
        assert.match(await cluster.onMachine("control-plane-1", askForMode), /tables$/);
        const dump = await cluster.onMachine("worker-1", "containerd config dump 2>/dev/null");
        assert.match(dump, /^ *max_container_log_line_size = 8192$/m);
        const through = "curl --silent --fail --cacert /etc/haproxy/kubernetes-ca.crt https://127.0.0.1:6444/readyz";
        assert.equal(await cluster.onMachine("load-balancer", through), "ok");
        await cluster.kubectl(["run", "mirrored", "--image", "registry.example.test/nothing:1"]);
        await waitFor("a node to ask the mirror, which does not answer", 60, async () =>
            (await wordsOn("mirrored")).includes("dial tcp 127.0.0.1:9: connect: connection refused")
                ? true
                : undefined,
        );
        await cluster.kubectl(["delete", "pod", "mirrored", "--grace-period", "0"]);
    });

    it("that containerd and HAProxy do not know leave these as they were, and say so", async () => {
        // An address that the machine does not have and a runtime without a type are seen only when these programs start.
        const runtime = '[plugins."io.containerd.cri.v1.runtime"';
        const wrong: { settings: Settings; expected: RegExp }[] = [
            {
                settings: { containerd: `${runtime}]\nmax_log_line_size = 8192` },
                expected: /Ignoring unknown key .*key=max_log_line_size plugin=io\.containerd\.cri\.v1\.runtime/,
            },
            {
                settings: { containerd: `${runtime}.containerd]\ndefault_runtime_name = "kata"` },
                expected: /containerd does not start: [^]*its settings before were put back/,
            },
            {
                settings: { containerd: "", haproxy: { defaults: "timeout klient 1h" } },
                expected: /refuses its configuration, and keeps the one before: .*got 'klient'/,
            },
            {
                settings: { haproxy: { frontend: "bind 198.51.100.1:6443" } },
                expected: /HAProxy does not load its configuration: .*cannot bind socket/,
            },
        ];
        await underTraffic(cluster.api, 5, async () => {
            for (const { settings, expected } of wrong) {
                cluster.configure(settings);
                assert.match(await cluster.start().fails(), expected);
            }
        });
        await change(
            cluster,
            { haproxy: {}, registryMirrors: {} },
            { machines: nodes, clusterSteps: ["load-balancer-haproxy"] },
        );
        const left = await cluster.onMachine("worker-1", "ls /etc/containerd/certs.d /etc/containerd/pulumi-kubeadm");
        assert.doesNotMatch(left, /registry|toml/);
    });

    it("that a component does not take leave it running as before, and say so", async () => {
        const settings = { apiServerExtraArgs: { "max-requests-inflight": "900", "service-node-port-range": "many" } };

        const output = await underTraffic(cluster.api, 5, async () => {
            cluster.configure(settings);
            return cluster.start().fails();
        });

        assert.match(output, /FAILED {2}control-plane-1, while: starting kube-apiserver/);
        assert.match(output, /invalid argument .*many.* for .*--service-node-port-range/);
        assert.match(output, /what ran before was put back/);
        assert.match(await processOf("control-plane-1", "kube-apiserver"), /^--max-requests-inflight=900$/m);
        // Taken back, it is the edit before, and yet the node that failed is settled.
        await change(
            cluster,
            { apiServerExtraArgs: { "max-requests-inflight": "900" } },
            { machines: ["control-plane-1"] },
        );
        await change(cluster, { apiServerExtraArgs: {} }, { machines: controlPlanes });
    });
});

/** The arguments of the process of a control plane's component, or its variables, one a line. */
function processOf(machine: string, name: string, what: "cmdline" | "environ" = "cmdline"): Promise<string> {
    return cluster.onMachine(machine, `tr '\\0' '\\n' <"/proc/$(pgrep --newest --exact ${name})/${what}"`);
}

/** What events say of a pod. */
function wordsOn(pod: string): Promise<string> {
    const path = "jsonpath={.items[*].message}";
    return cluster.kubectl(["get", "events", "--field-selector", `involvedObject.name=${pod}`, "--output", path]);
}
