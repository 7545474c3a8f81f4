import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const inspect = programScript("inspect");
const pki = "/etc/kubernetes/pki";
const etcdPki = `${pki}/etcd`;
const pem = (name: string, body: string) => `-----BEGIN ${name}-----\n${body}\n-----END ${name}-----\n`;

describe("inspect.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("systemctl", "echo MainPID=77; echo ActiveState=active");
        node.stub("kubelet", "echo Kubernetes v1.37.1");
        node.stub("containerd", "echo containerd github.com/containerd/containerd/v2 v2.3.7 1a2b3c");
        runs("kubelet");
    });

    /** The lines of the report but its end, with paths of the machine. */
    function report(services: readonly string[] = ["kubelet"]): string[] {
        const { status, stdout, stderr } = node.run(inspect, { NODE: "a-node", SERVICES: services });
        assert.equal(stderr, "");
        assert.equal(status, 0);
        const lines = stdout.replaceAll(node.path(""), "").trimEnd().split("\n");
        assert.equal(lines.pop(), "end");
        return lines;
    }

    /** Makes a program on the machine the one that process 77 runs. */
    function runs(command: string): void {
        const exe = node.path("/proc/77/exe");
        mkdirSync(dirname(exe), { recursive: true });
        symlinkSync(node.path(`../bin/${command}`), exe);
    }

    function controlPlane(): void {
        node.write(`${pki}/apiserver.crt`);
        node.stub("ctr", {
            "tasks list":
                "printf '%s\\n' 'TASK PID STATUS' 'a1 10 RUNNING' 'a2 0 STOPPED' 'a3 12 RUNNING' 'a4 13 RUNNING'",
            "containers list":
                "printf '%s\\n' 'CONTAINER IMAGE RUNTIME' 'a1 registry.k8s.io/kube-apiserver:v1.37.1 runc' " +
                "'a2 registry.k8s.io/kube-scheduler:v1.37.0 runc' 'a3 mirror:5000/k8s/kube-scheduler:v1.37.1@sha256:12 runc'",
        });
    }

    it("reports services with the version that runs and the one that is installed", () => {
        assert.deepEqual(report(), ["service\tkubelet\tactive\t1.37.1\t1.37.1", "record"]);
        assert.deepEqual(node.calls("kubelet"), ["kubelet --version"]);
    });

    it("asks a process that runs another program than the installed one", () => {
        node.remove("/proc/77/exe");
        node.write("/proc/77/exe", "#!/usr/bin/env bash\necho Kubernetes v1.36.4\n", 0o755);

        assert.deepEqual(report(), ["service\tkubelet\tactive\t1.36.4\t1.37.1", "record"]);
    });

    it("reports a service that does not run", () => {
        node.stub("systemctl", "echo MainPID=0; echo ActiveState=failed");

        assert.deepEqual(report(), ["service\tkubelet\tfailed\t-\t1.37.1", "record"]);
    });

    it("reports a service that is not installed", () => {
        node.unstub("kubelet");
        node.stub("systemctl", "echo MainPID=0; echo ActiveState=inactive");

        assert.deepEqual(report(), ["service\tkubelet\tinactive\t-\t-", "record"]);
    });

    it("reports the components of the control plane whose containers run, and whether they are ready", () => {
        controlPlane();
        node.stub("curl", { "127.0.0.1:6443/readyz": "printf '[-]etcd failed\\n500'", "127.0.0.1:10259/livez": "" });

        assert.deepEqual(
            report().filter((line) => line.startsWith("component")),
            ["component\tkube-apiserver\tv1.37.1\tno", "component\tkube-scheduler\tv1.37.1\tyes"],
        );
    });

    it("says so when containerd does not answer", () => {
        controlPlane();
        node.stub("ctr", "echo 'ctr: failed to dial: no such socket' >&2; exit 1");

        assert.deepEqual(
            report().filter((line) => line.startsWith("error")),
            ["error\tcontainerd\tctr: failed to dial: no such socket"],
        );
    });

    it("reports each certificate, those in kubeconfigs too, and no key", () => {
        node.write(`${pki}/ca.crt`, pem("CERTIFICATE", "Y2EK\nY2EK"));
        node.write(`${pki}/ca.key`, pem("EC PRIVATE KEY", "c2VjcmV0"));
        node.write(`${etcdPki}/ca.crt`, pem("CERTIFICATE", "b2xk") + pem("CERTIFICATE", "bmV3"));
        node.write(
            "/var/lib/kubelet/pki/kubelet-client-current.pem",
            pem("CERTIFICATE", "a3ViZWxldA==") + pem("EC PRIVATE KEY", "c2VjcmV0"),
        );
        node.write("/etc/haproxy/kubernetes-ca.crt", pem("CERTIFICATE", "Y2EK"));
        node.write("/etc/kubernetes/admin.conf", "    client-certificate-data: YWJj\n    client-key-data: c2VjcmV0\n");
        node.write("/etc/kubernetes/kubelet.conf", "    client-certificate: /var/lib/kubelet/pki/x.pem\n");

        const lines = report();

        assert.deepEqual(
            lines.filter((line) => line.startsWith("certificate")),
            [
                `${pki}/ca.crt\tY2EKY2EK`,
                `${etcdPki}/ca.crt\tb2xk`,
                `${etcdPki}/ca.crt\tbmV3`,
                "/var/lib/kubelet/pki/kubelet-client-current.pem\ta3ViZWxldA==",
                "/etc/haproxy/kubernetes-ca.crt\tY2EK",
                "/etc/kubernetes/admin.conf\tYWJj",
            ].map((fields) => `certificate\t${fields}`),
        );
        assert.doesNotMatch(lines.join("\n"), /c2VjcmV0/);
    });

    it("reports a file that holds no certificate", () => {
        node.write(`${pki}/ca.crt`, pem("EC PRIVATE KEY", "c2VjcmV0"));

        assert.deepEqual(
            report().filter((line) => line.startsWith("certificate")),
            [`certificate\t${pki}/ca.crt\t-`],
        );
    });

    it("passes on what etcd answers, asked as the client for health checks", () => {
        node.write(`${etcdPki}/server.crt`);
        node.write(`${etcdPki}/healthcheck-client.crt`);
        node.stub("curl", { "maintenance/status": `echo '{"version": "3.7.0"}'`, "/v3/": "echo '{}'" });

        assert.deepEqual(
            report().filter((line) => line.startsWith("etcd")),
            ['etcd\tstatus\t{"version": "3.7.0"}', "etcd\tmembers\t{}", "etcd\talarms\t{}", "etcd\tread\t{}"],
        );
        assert.match(
            node.calls("curl")[0]?.replaceAll(node.path(""), "") ?? "",
            /--cacert \/etc\/kubernetes\/pki\/etcd\/ca.crt --cert \S+etcd\/healthcheck-client.crt --key \S+etcd\/healthcheck-client.key /,
        );
    });

    it("passes on why etcd does not answer, and asks no more", () => {
        node.write("/etc/etcd/pki/server.crt");
        node.stub("curl", "echo 'curl: (7) Failed to connect' >&2; exit 7");

        assert.deepEqual(
            report().filter((line) => line.startsWith("etcd")),
            ["etcd\terror\tcurl: (7) Failed to connect"],
        );
        assert.equal(node.calls("curl").length, 1);
        assert.match(node.calls("curl")[0] ?? "", /etc\/etcd\/pki\/server\.key/);
    });

    it("reports the schedule of etcd's snapshots, how its last run ended, and the newest one", () => {
        const folder = "/var/lib/pulumi-kubeadm/etcd-snapshots";
        const snapshots = () => report().filter((line) => line.startsWith("snapshots"));
        const newest = "etcd-20261121T130049Z-manual.db";
        [newest, `${newest}.sha256`, "etcd-20261121T120000Z-scheduled.db"].forEach((file) => {
            node.write(`${folder}/${file}`);
        });
        assert.deepEqual(snapshots(), [`snapshots\t-\t-\t${newest}`]);

        node.write("/etc/systemd/system/pulumi-kubeadm-etcd-snapshot.timer");
        node.stub("systemctl", {
            ".timer": "echo ActiveState=active",
            ".service": "echo Result=exit-code",
            kubelet: "echo MainPID=77; echo ActiveState=active",
        });
        assert.deepEqual(snapshots(), [`snapshots\tactive\texit-code\t${newest}`]);

        node.remove(folder);
        assert.deepEqual(snapshots(), ["snapshots\tactive\texit-code\t-"]);
    });

    it("reports the servers behind HAProxy, and not its frontends and what else it serves", () => {
        node.stub("haproxy", "echo 'HAProxy version 2.6.12-1+deb12u2 2025/01/01 - https://haproxy.org/'");
        node.remove("/proc/77/exe");
        runs("haproxy");
        node.stub(
            "curl",
            "printf '%s\\n' '# pxname,svname,scur,status,type,check_status,' 'kubernetes,FRONTEND,0,OPEN,0,,' " +
                "'control-planes,control-plane-1,3,UP,2,L7OK,' 'control-planes,control-plane-2,0,DOWN,2,* L4CON,' " +
                "'control-planes,BACKEND,3,UP,1,,' 'ingress,worker-1,0,UP,2,L4OK,'",
        );

        assert.deepEqual(report(["haproxy"]), [
            "service\thaproxy\tactive\t2.6.12-1+deb12u2\t2.6.12-1+deb12u2",
            "backend\tcontrol-plane-1\tUP\tL7OK",
            "backend\tcontrol-plane-2\tDOWN\tL4CON",
            "record",
        ]);
        assert.deepEqual(node.calls("haproxy"), ["haproxy -v"]);
    });

    it("says so when HAProxy has no statistics", () => {
        node.stub("curl", "echo 'curl: (7) refused' >&2; exit 7");

        assert.deepEqual(
            report(["haproxy"]).filter((line) => line.startsWith("error")),
            ["error\tHAProxy's statistics\tcurl: (7) refused"],
        );
    });

    it("reports files that are not as they were noted, and static pods that were not noted", () => {
        const manifests = "/etc/kubernetes/manifests";
        node.write(`${manifests}/kube-scheduler.yaml`, "changed by hand");
        node.write(`${manifests}/kube-scheduler.yaml.bak`, "a copy");
        const noted = [`${manifests}/kube-scheduler.yaml`, `${manifests}/etcd.yaml`].map(
            (file) => `${"0".repeat(64)}  ${node.path(file)}\n`,
        );
        node.write("/etc/kubernetes/pulumi-kubeadm/files.sha256", noted.join(""));

        assert.deepEqual(report().slice(1), [
            "record\t2",
            `file\tchanged\t${manifests}/kube-scheduler.yaml`,
            `file\tmissing\t${manifests}/etcd.yaml`,
            `file\tunknown\t${manifests}/kube-scheduler.yaml.bak`,
        ]);
    });

    it("changes nothing", () => {
        controlPlane();
        node.write(`${etcdPki}/server.crt`);
        const before = node.files();

        report();

        assert.deepEqual(node.files(), before);
    });
});
