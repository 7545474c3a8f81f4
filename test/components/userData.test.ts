import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { SelfJoiningPool } from "../../components/platforms/platform";
import { userDataOf } from "../../components/userData";
import { caCertificate, caCertificateHash } from "../support/caCertificate";
import { makeInstance, parameterFile } from "../support/fakeInstance";
import { fakeNode } from "../support/fakeNode";
import { contextOf, type KnownCluster } from "../support/joiningContext";
import { valueOf } from "../support/mockPulumi";
import { scriptFiles, scriptsFolder } from "../support/programScripts";

const gpu: SelfJoiningPool = {
    name: "gpu",
    labels: { "example.com/gpu": "a100" },
    taints: ["example.com/gpu=true:NoSchedule"],
    kubelet: { maxPods: 20 },
    containerd: "",
    parameter: "/pulumi-kubeadm/prod/join-token",
    group: "prod-gpu",
    hook: "joined",
};
const mirror = "https://mirror.example";
const cluster: KnownCluster = { settings: {}, endpoint: "10.0.0.5:6443", caCertificate, mirror };
const program = "/usr/local/lib/pulumi-kubeadm/self-join";

describe("userDataOf", () => {
    it("is a compressed script that leaves EC2's limit to the settings of the user", async () => {
        const compressed = await userData();

        assert.match(gunzipSync(compressed).toString(), /^#!\/usr\/bin\/env bash\nNODE='gpu'\n/);
        assert.ok(compressed.length < 13_400, `${compressed.length} bytes`);
    });

    it("leaves out no line of a text in a script, as it leaves out comments", () => {
        const files = ["prepare", "join", "self-join", "user-data"].flatMap(
            (name) => scriptFiles().find(([file]) => file === `${name}.sh`) ?? [],
        );
        const texts = ["prelude.sh", ...files].map((file) => readFileSync(join(scriptsFolder, file), "utf8"));
        const heredocs = texts.flatMap((text) => [...text.matchAll(/<<'?([A-Z]+)'?\n(.*?)\n\1$/gms)]);

        assert.ok(heredocs.length > 5);
        assert.deepEqual(
            heredocs.filter(([, , content = ""]) => /^ *#/m.test(content)),
            [],
        );
    });

    it("is the same at any time: another one would be other machines", async () => {
        const compressed = await userData();

        // The time and the operating system in gzip's header.
        assert.deepEqual([...compressed.subarray(4, 10)], [0, 0, 0, 0, 2, 3]);
        assert.ok(compressed.equals(await userData()));
    });

    const changes: { title: string; settings: Record<string, unknown>; isOther: boolean }[] = [
        {
            title: "another configuration of the kubelet, which a node reads when it joins",
            settings: { kubelet: { maxPods: 50 } },
            isOther: true,
        },
        {
            title: "a patch of the kubelet",
            settings: { patches: { "kubeletconfiguration+merge.yaml": "maxPods: 50" } },
            isOther: true,
        },
        { title: "settings of containerd", settings: { containerd: "oom_score = 1" }, isOther: true },
        {
            title: "mirrors of registries",
            settings: { registryMirrors: { "docker.io": ["https://mirror.example.com"] } },
            isOther: true,
        },
        { title: "another mode of kube-proxy", settings: { kubeProxyMode: "iptables" }, isOther: true },
        {
            title: "another configuration of kube-proxy",
            settings: { kubeProxy: { conntrack: { min: 1 } } },
            isOther: false,
        },
        { title: "flags of the API server", settings: { apiServerExtraArgs: { profiling: "false" } }, isOther: false },
        {
            title: "patches of the control plane",
            settings: { patches: { "kube-apiserver+merge.yaml": "spec: {priority: 1}" } },
            isOther: false,
        },
    ];

    for (const { title, settings, isOther } of changes) {
        it(`is ${isOther ? "another one" : "the same"} with ${title}`, async () => {
            assert.equal((await userData()).equals(await userData({ ...cluster, settings })), !isOther);
        });
    }

    it("is no secret, and holds none", async () => {
        const data = userDataOf(gpu, contextOf(cluster));
        const text = gunzipSync(await userData()).toString();

        assert.equal(await pulumi.isSecret(data), false);
        assert.doesNotMatch(text, /PRIVATE KEY|no key of a CA/);
        assert.match(text, /token: "@TOKEN\.@"$/m);
    });

    it("says so when the settings do not fit", async () => {
        const noise = randomBytes(15_000).toString("base64");
        const patches = { "kubeletconfiguration+merge.json": JSON.stringify({ noise }) };

        await assert.rejects(
            userData({ ...cluster, settings: { patches } }),
            /the user data of pool gpu has \d+ bytes, and EC2 takes 16384; make its settings of the kubelet, of containerd or the patches smaller/,
        );
    });

    it("leaves a program that joins with the CA pinned, and with what platform and pool say about the node", async () => {
        const node = fakeNode();
        // A file from the mirror holds its own address, and so do the checksums.
        const others = 'while (($# > 1)); do [[ $1 == --output ]] && out=$2; shift; done; echo "$1" >"$out"';
        makeInstance(node, { others });
        node.stub("openssl", { x509: "echo 'notBefore=Jan  1 00:00:00 2024 GMT'", dgst: `echo ${mirror}/SHA256SUMS` });
        node.stub("dpkg-query", "echo installed");
        node.stub("tar");
        node.socket("/run/containerd/containerd.sock");
        node.write(parameterFile, "abcdef.q1w2e3r4t5y6u7i8");
        const script = gunzipSync(await userData()).toString();

        assert.equal(node.run({ render: () => script }, {}).stderr, "");
        const run = node.run({ render: () => node.read(program) }, {});

        assert.equal(run.stderr, "");
        assert.match(run.stdout, /^i-0abc123: installing Kubernetes 1\.37\.1$/m);
        assert.match(run.stdout, /^i-0abc123: has joined$/m);
        assert.deepEqual(node.calls("kubeadm join"), ["kubeadm join --ignore-preflight-errors= --config FILE"]);
        assert.match(
            node.read("/etc/kubernetes/pulumi-kubeadm/patches/kubeletconfiguration5pool+merge.json"),
            /^\{"shutdownGracePeriod":"90s","shutdownGracePeriodCriticalPods":"20s","maxPods":20\}$/m,
        );
        const [, text = ""] = /^(apiVersion: kubeadm[^]*?)^header = /m.exec(node.inputs()) ?? [];
        const config = parse(text) as Record<string, unknown>;
        assert.deepEqual(config["discovery"], {
            bootstrapToken: {
                token: "abcdef.q1w2e3r4t5y6u7i8",
                apiServerEndpoint: "10.0.0.5:6443",
                caCertHashes: [caCertificateHash],
            },
        });
        assert.deepEqual(config["nodeRegistration"], {
            name: "i-0abc123",
            criSocket: "unix:///run/containerd/containerd.sock",
            taints: [{ key: "example.com/gpu", value: "true", effect: "NoSchedule" }],
            imagePullPolicy: "IfNotPresent",
            imagePullSerial: false,
            kubeletExtraArgs: [
                { name: "node-ip", value: "10.0.7.9" },
                { name: "node-labels", value: labels.join(",") },
                { name: "provider-id", value: "aws:///eu-central-1b/i-0abc123" },
            ],
        });
    });
});

const labels = [
    "node.kubernetes.io/instance-type=m7g.large",
    "node.kubernetes.io/lifecycle=spot",
    "topology.kubernetes.io/region=eu-central-1",
    "topology.kubernetes.io/zone=eu-central-1b",
    "pulumi-kubeadm/pool=gpu",
    "example.com/gpu=a100",
];

async function userData(known = cluster): Promise<Buffer> {
    return Buffer.from(await valueOf(userDataOf(gpu, contextOf(known))), "base64");
}
