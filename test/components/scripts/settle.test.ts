import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { down, phases, type RunningNode, runningNode, state, wanted } from "../../support/runningNode";

const mark = `${state}/kubelet-changes`;
const kubeletConfigFile = "/var/lib/kubelet/config.yaml";
const patches = `${state}/patches`;
const compares = ["init phase control-plane all --dry-run", "init phase etcd local --dry-run"];
const kubeletConfig = "upgrade node phase kubelet-config --patches PATCHES";

describe("settle.sh", () => {
    it("restarts and records nothing on a control plane that is as described", () => {
        const node = runningNode("control-plane");

        const run = node.settle();

        assert.equal(run.stderr, "");
        assert.deepEqual(phases(run), ["comparing it with its description", "certificates end 2999-01-01"]);
        assert.deepEqual(toldKubeadm(node), [...compares, kubeletConfig]);
        assert.deepEqual(restarts(node), []);
        assert.equal(node.exists(mark), false);
    });

    it("compares a worker's programs and kubelet alone", () => {
        const node = runningNode("worker");

        const run = node.settle();

        assert.equal(run.stderr, "");
        assert.deepEqual(phases(run), ["comparing it with its description"]);
        assert.deepEqual(toldKubeadm(node), [kubeletConfig]);
        assert.deepEqual(restarts(node), []);
    });

    it("takes off patches that are no longer described, and leaves the others", () => {
        const node = runningNode("worker");
        node.write(`${patches}/etcd+merge.yaml`, "spec: {priority: 1}");

        node.settle({
            FILE_PATHS: ["pulumi-kubeadm/patches/kubeletconfiguration+merge.yaml"],
            FILE_MODES: ["0600"],
            FILE_CONTENTS: ["maxPods: 50"],
        });

        assert.deepEqual(
            Object.keys(node.files()).filter((file) => file.startsWith(patches)),
            [`${patches}/kubeletconfiguration+merge.yaml`],
        );
    });

    it("notes what each file holds that it writes, once it is as described", () => {
        const node = runningNode("control-plane");
        node.write("/etc/kubernetes/manifests/mine.yaml", "a static pod of the user's");

        node.settle({
            FILE_PATHS: ["pki/sa.pub"],
            FILE_MODES: ["0600"],
            FILE_CONTENTS: ["a key"],
            CONTAINERD_SETTINGS: [],
            REGISTRIES: ["docker.io"],
            REGISTRY_HOSTS: ["a mirror"],
        });

        const lines = node.read(`${state}/files.sha256`).trim().split("\n");
        assert.deepEqual(
            lines.map((line) => line.slice(66).replace(node.path(""), "")),
            [
                "/etc/containerd/certs.d/docker.io/hosts.toml",
                "/etc/containerd/config.toml",
                "/etc/kubernetes/manifests/etcd.yaml",
                "/etc/kubernetes/manifests/kube-apiserver.yaml",
                "/etc/kubernetes/manifests/kube-controller-manager.yaml",
                "/etc/kubernetes/manifests/kube-scheduler.yaml",
                "/etc/kubernetes/pki/sa.pub",
                "/etc/systemd/system/containerd.service",
                "/etc/systemd/system/kubelet.service",
                "/usr/local/lib/pulumi-kubeadm/etcd-snapshot",
                "/usr/local/lib/pulumi-kubeadm/etcd-snapshot.conf",
                "/var/lib/kubelet/config.yaml",
            ],
        );
    });

    it("keeps what it fetched no longer than it needs it", () => {
        const node = runningNode("worker");
        node.write("/var/cache/pulumi-kubeadm/site/kubelet", "kubelet");

        node.settle();

        assert.equal(node.exists("/var/cache/pulumi-kubeadm"), false);
    });
});

describe("containerd of a node that is settled", () => {
    const record = "/usr/local/lib/pulumi-kubeadm/containerd";
    let node: RunningNode;

    beforeEach(() => {
        node = runningNode("worker");
        node.write("/usr/local/sbin/runc", "runc", 0o755);
    });

    ["containerd", "runc", "cni-plugins"].forEach((name) => {
        it(`is exchanged and restarted once for another release of ${name}`, () => {
            anotherRelease(name);

            const run = node.settle();

            assert.equal(run.stderr, "");
            assert.deepEqual(
                node.calls("tar").map((line) => line.replace(/.* --file \S*\/(\S+) .*/, "$1")),
                ["containerd", "cni-plugins"],
            );
            assert.equal(node.linkOf("/usr/local/sbin/runc"), node.path("/opt/mirror/site/runc"));
            assert.deepEqual(restarts(node), ["containerd"]);
            node.settle();
            assert.deepEqual(restarts(node), ["containerd"]);
        });
    });

    it("is exchanged and restarted again when a run ended before it was seen to run", () => {
        const before = node.read(record);
        anotherRelease("containerd");
        node.stub("systemctl", { "restart containerd": "exit 1" });

        assert.match(node.settle().stderr, /seen: {4}containerd does not start/);
        assert.equal(node.read(record), before);

        node.stub("systemctl");
        assert.equal(node.settle().status, 0);
        assert.deepEqual(restarts(node), ["containerd", "containerd"]);
        node.settle();
        assert.deepEqual(restarts(node), ["containerd", "containerd"]);
    });

    function anotherRelease(name: string): void {
        const sums = node.read("/opt/mirror/SHA256SUMS").split("\n");
        const sum = createHash("sha256").update("another").digest("hex");
        const file = `site/${name}`;
        node.write(`/opt/mirror/${file}`, "another");
        node.write(
            "/opt/mirror/SHA256SUMS",
            sums.map((line) => (line.endsWith(` ${file}`) ? `${sum}  ${file}` : line)).join("\n"),
        );
    }
});

describe("the kubelet of a node that is settled", () => {
    let node: RunningNode;

    beforeEach(() => {
        node = runningNode("worker");
    });

    it("is restarted once when its configuration has changed", () => {
        node.write(`${wanted}/kubelet.yaml`, "maxPods: 50\n");

        const run = node.settle();

        assert.deepEqual(phases(run), ["comparing it with its description", "restarting the kubelet"]);
        assert.deepEqual(restarts(node), ["kubelet"]);
        assert.equal(node.read("/var/lib/kubelet/config.yaml"), "maxPods: 50\n");
        assert.equal(node.exists(mark), false);
    });

    it("is restarted when its service has changed", () => {
        node.write("/etc/systemd/system/kubelet.service", "of an earlier release");

        node.settle();

        assert.deepEqual(node.calls("systemctl").slice(-4, -2), [
            "systemctl daemon-reload",
            "systemctl restart kubelet",
        ]);
    });

    it("is exchanged and restarted for another version", () => {
        node.write("/usr/local/lib/pulumi-kubeadm/kubelet", "1.36.4\n");

        node.settle();

        assert.equal(node.linkOf("/usr/local/bin/kubelet"), node.path("/opt/mirror/site/kubelet"));
        assert.equal(node.read("/usr/local/lib/pulumi-kubeadm/kubelet"), "1.37.1\n");
        assert.deepEqual(restarts(node), ["kubelet"]);
    });

    it("is exchanged where no record tells its version", () => {
        ["kubeadm", "kubectl", "kubelet"].forEach((program) => {
            node.remove(`/usr/local/lib/pulumi-kubeadm/${program}`);
        });

        const run = node.settle();

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(restarts(node), ["kubelet"]);
    });

    it("is restarted when an interrupted run has not", () => {
        node.write(mark);

        node.settle();

        assert.deepEqual(restarts(node), ["kubelet"]);
        assert.equal(node.exists(mark), false);
    });

    it("runs with its configuration before when it does not become healthy, as often as it is settled", () => {
        const before = node.read(kubeletConfigFile);
        node.write(`${wanted}/kubelet.yaml`, "maxPods: -1\n");
        node.write(down, ":10248/healthz");

        for (const times of [2, 4]) {
            const run = node.settle();

            assert.equal(run.status, 97);
            assert.match(run.stderr, /seen: {4}the kubelet does not become healthy/);
            assert.equal(node.read(kubeletConfigFile), before);
            assert.equal(restarts(node).length, times);
        }

        node.remove(down);
        assert.equal(node.settle().status, 0);
        assert.equal(node.exists(mark), false);
        assert.equal(restarts(node).length, 5);
    });

    it("runs with its configuration before when it answers and ends, again and again", () => {
        const before = node.read(kubeletConfigFile);
        node.write(`${wanted}/kubelet.yaml`, "cpuManagerPolicy: static\n");
        node.stub("systemctl", { "show --property MainPID": "echo $$" });

        const run = node.settle();

        assert.match(run.stderr, /seen: {4}the kubelet does not become healthy/);
        assert.equal(node.read(kubeletConfigFile), before);
    });

    it("is placed anew when it was cut off between the program and its record, and the edit was taken back", () => {
        node.write("/usr/local/lib/pulumi-kubeadm/kubelet", "");

        node.settle();

        assert.deepEqual(restarts(node), ["kubelet"]);
    });

    it("is explained by kubeadm's log when its configuration cannot be written", () => {
        node.stub("kubeadm", "echo 'error: unknown field maxPodz'; exit 1");

        const run = node.settle();

        assert.match(run.stderr, /seen: {4}error: unknown field maxPodz\n/);
        assert.deepEqual(restarts(node), []);
    });

    it("leaves none of kubeadm's copies of its configuration", () => {
        node.write("/etc/kubernetes/tmp/kubeadm-kubelet-config123/config.yaml");

        node.settle();

        assert.equal(node.exists("/etc/kubernetes/tmp/kubeadm-kubelet-config123"), false);
    });
});

function restarts(node: RunningNode): string[] {
    return node.calls("systemctl restart").map((line) => line.replace("systemctl restart ", ""));
}

function toldKubeadm(node: RunningNode): string[] {
    return node.kubeadm().map((line) => line.replace(node.path(patches), "PATCHES"));
}
