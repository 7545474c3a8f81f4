import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const join = programScript("join");
const token = "abcdef.0123456789abcdef";
const values = {
    NODE: "control-plane-2",
    ADDRESS: "10.0.0.12",
    ENDPOINT: "10.0.0.5:6443",
    HAS_ETCD: true,
    CONFIG: `kind: JoinConfiguration\ntoken: ${token}`,
    FILE_PATHS: ["pki/ca.key"],
    FILE_MODES: ["0600"],
    FILE_CONTENTS: ["the key"],
};
const worker = { ...values, HAS_ETCD: false, FILE_PATHS: [], FILE_MODES: [], FILE_CONTENTS: [] };
const ca = "/etc/kubernetes/pki/ca.crt";
const kubeletConfig = "/var/lib/kubelet/config.yaml";
const ownNode =
    "/etc/kubernetes/kubelet.conf --server https://10.0.0.5:6443 --request-timeout 10s get node control-plane-2 ";

describe("join.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("joins with the PKI in place, and marks the machine a member", () => {
        node.stub("kubeadm", `cat '${node.path("/etc/kubernetes/pki/ca.key")}' && echo joined`);

        const run = node.run(join, values);

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, "control-plane-2: kubeadm join\n");
        assert.deepEqual(node.calls("kubeadm"), ["kubeadm join --ignore-preflight-errors= --config FILE"]);
        assert.equal(node.read("/var/log/pulumi-kubeadm/join.log"), "the key\njoined\n");
        assert.equal(node.exists("/etc/kubernetes/pulumi-kubeadm/member"), true);
    });

    it("starts the kubelet of a control plane anew as soon as its API server is ready", () => {
        node.stub("curl", "exit 0");

        const run = node.run(join, values);

        assert.equal(run.stderr, "");
        assert.deepEqual(node.calls("systemctl"), ["systemctl restart kubelet"]);
    });

    it("leaves the kubelet of a worker alone", () => {
        node.run(join, worker);

        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("does not wait for the API server of a join that failed", () => {
        node.stub("kubeadm", "echo 'error: no way' && exit 1");
        node.stub("curl", "exit 7");

        const run = node.run(join, values);

        assert.match(run.stderr, /seen: {4}error: no way\n/);
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("does nothing on a member", () => {
        node.run(join, values);
        node.stub("kubectl", { [ownNode]: "echo 'Warning: use another version' >&2; echo node/control-plane-2" });
        const before = node.calls("kubeadm").length;

        const run = node.run(join, values);

        assert.equal(run.stdout, "control-plane-2: is a member\n");
        assert.equal(node.calls("kubeadm").length, before);
    });

    it("starts anew on a member that was evicted", () => {
        node.run(join, values);
        leaveHalfOfAJoin();
        node.stub("kubectl", { [ownNode]: "echo 'Warning: use another version' >&2" });

        const run = node.run(join, values);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.calls("kubeadm").slice(1), [
            "kubeadm reset --force --cleanup-tmp-dir",
            "kubeadm join --ignore-preflight-errors= --config FILE",
        ]);
        assert.equal(node.exists("/etc/kubernetes/pulumi-kubeadm/member"), true);
    });

    it("does not take a silent cluster for one that evicted it", () => {
        node.run(join, values);
        node.stub("kubectl", "echo connection refused >&2; exit 1");

        const run = node.run(join, values);

        assert.match(
            run.stderr,
            /seen: {4}the cluster does not say whether this machine is a node: connection refused\n/,
        );
        assert.equal(node.calls("kubeadm").length, 1);
    });

    it("hands the token to kubeadm alone: it is on no disk and in no command line", () => {
        const run = node.run(join, values);

        assert.match(node.inputs(), new RegExp(token.replace(".", "\\.")));
        assert.deepEqual(
            Object.entries(node.files()).filter(([, content]) => content.includes(token)),
            [],
        );
        assert.doesNotMatch([run.stdout, run.stderr, ...node.calls()].join("\n"), /0123456789abcdef/);
    });

    it("resets what an interrupted run left, and puts the PKI back before it joins", () => {
        leaveHalfOfAJoin();

        const run = node.run(join, values);

        assert.match(run.stdout, /^control-plane-2: clearing what an interrupted run left$/m);
        assert.deepEqual(node.calls("kubeadm"), [
            "kubeadm reset --force --cleanup-tmp-dir",
            "kubeadm join --ignore-preflight-errors= --config FILE",
        ]);
        assert.equal(node.read("/etc/kubernetes/pki/ca.key"), "the key\n");
        assert.equal(node.exists("/var/lib/etcd/member/snap/db"), false);
    });

    it("resets a worker whose kubelet did not come up: all that its join left is the CA and the kubelet's configuration", () => {
        node.stub("kubeadm", { join: joinOfAWorker(), reset: `rm '${node.path(kubeletConfig)}' '${node.path(ca)}'` });

        assert.match(node.run(join, worker).stderr, /cause: {3}the kubelet does not run\n/);
        const again = node.run(join, worker);

        assert.match(again.stderr, /cause: {3}the kubelet does not run\n/);
        assert.deepEqual(
            node.calls("kubeadm").map((line) => line.split(" ")[1]),
            ["join", "reset", "join"],
        );
    });

    it("takes away the pods' bridge and what tells the podCIDR before: the node gets another one", () => {
        leaveHalfOfAJoin();
        node.write("/run/flannel/subnet.env", "FLANNEL_SUBNET=10.244.1.1/24");
        ["cni0", "flannel.1", "eth0"].forEach((name) => {
            node.write(`/sys/class/net/${name}`);
        });
        node.stub("ip");

        const run = node.run(join, values);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(
            node.calls().filter((line) => /^(ip|kubeadm) /.test(line)),
            [
                "kubeadm reset --force --cleanup-tmp-dir",
                "ip link delete cni0",
                "kubeadm join --ignore-preflight-errors= --config FILE",
            ],
        );
        assert.equal(node.exists("/run/flannel"), false);
    });

    it("takes out the etcd member that a half-done join added, for kubeadm's reset does not", () => {
        leaveHalfOfAJoin();
        node.write("/etc/kubernetes/admin.conf", "a kubeconfig");
        node.stub("kubectl", {
            "get pods": "echo etcd-control-plane-1; echo etcd-control-plane-2",
            "member list":
                "echo '2222, started, control-plane-2, https://10.0.0.12:2380, https://10.0.0.12:2379, true'",
        });

        const run = node.run(join, values);

        assert.equal(run.status, 0, run.stderr);
        assert.match(
            node.calls("kubectl").at(-1) ?? "",
            / exec etcd-control-plane-1 -- etcdctl .* member remove 2222$/,
        );
        assert.deepEqual(node.calls("kubeadm").length, 2);
    });

    const unable = [
        { part: "get pods", seen: "the etcd member of an interrupted join could not be taken out" },
        { part: "delete node", seen: "the Node of an interrupted join could not be deleted: refused" },
    ];

    unable.forEach(({ part, seen }) => {
        it(`does not reset a control plane when the cluster does not answer: ${seen}`, () => {
            leaveHalfOfAJoin();
            node.write("/etc/kubernetes/admin.conf", "a kubeconfig");
            node.stub("kubectl", { [part]: "echo refused >&2; exit 1" });

            const run = node.run(join, values);

            assert.match(run.stderr, new RegExp(`seen: {4}${seen}\n`));
            assert.deepEqual(node.calls("kubeadm"), []);
        });
    });

    it("ends the kubelet of a control plane and deletes its Node, beside which kubeadm joins none while it is Ready", () => {
        leaveHalfOfAJoin();
        node.write("/etc/kubernetes/admin.conf", "a kubeconfig");

        const run = node.run(join, { ...values, HAS_ETCD: false });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(
            node
                .calls()
                .filter((line) => /^(systemctl|kubectl|kubeadm) /.test(line))
                .map((line) => line.replace(/ --kubeconfig \S+ --request-timeout 30s/, "")),
            [
                "systemctl stop kubelet",
                "kubectl delete node control-plane-2 --ignore-not-found",
                "kubeadm reset --force --cleanup-tmp-dir",
                "kubeadm join --ignore-preflight-errors= --config FILE",
            ],
        );
    });

    it("waits on a worker, whose kubelet may not delete its Node, until that is no longer Ready", () => {
        node.write("/etc/kubernetes/kubelet.conf", "a kubeconfig");
        node.stub("kubectl", {
            [ownNode]: '[[ $(grep -c "get node" "$LOG/calls") == 2 ]] && echo Unknown || echo True',
        });

        const run = node.run(join, worker);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(
            node
                .calls()
                .filter((line) => /^(systemctl|kubectl|kubeadm) /.test(line))
                .map((line) => line.replace(/ (?:--|get node).*/, "")),
            ["systemctl stop kubelet", "kubectl", "kubectl", "kubeadm reset", "kubeadm join"],
        );
    });

    it("joins a worker anew also where the cluster does not say what it sees", () => {
        node.write("/etc/kubernetes/kubelet.conf", "a kubeconfig");
        node.stub("kubectl", "echo refused >&2; exit 1");

        const run = node.run(join, worker);

        assert.equal(run.status, 0, run.stderr);
        assert.match(run.stderr, /waited 120 s for its Node to be NotReady; last seen: refused\n/);
    });

    it("says so when the reset fails, and does not join", () => {
        leaveHalfOfAJoin();
        node.stub("kubeadm", { reset: "echo error: containerd is away; exit 1" });

        const run = node.run(join, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}kubeadm reset failed\n/);
        assert.match(run.stderr, /^ {4}error: containerd is away$/m);
        assert.deepEqual(node.calls("kubeadm join"), []);
    });

    it("waits for a kubeadm that an interrupted run left running", () => {
        node.stub("pidof", `[[ $(grep -c pidof "$LOG/calls") -lt 3 ]]`);

        const run = node.run(join, values);

        assert.equal(run.status, 0);
        assert.equal(node.calls("pidof").length, 3);
    });

    it("starts none beside a kubeadm that hangs", () => {
        node.stub("pidof", "echo 4711");

        const run = node.run(join, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /waited 600 s for an earlier kubeadm to end; last seen: 4711/);
        assert.match(run.stderr, /seen: {4}an earlier kubeadm still runs on this machine/);
        assert.deepEqual(node.calls("kubeadm"), []);
    });

    it("keeps its log from other users of the machine", () => {
        node.run(join, values);

        assert.equal(node.mode("/var/log/pulumi-kubeadm/join.log"), "600");
    });

    /** It refuses to run over the CA that it has written. */
    function joinOfAWorker(): string {
        const [caFile, configFile] = [node.path(ca), node.path(kubeletConfig)];
        return `[[ ! -e '${caFile}' ]] || { echo '[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]'; exit 1; }
            install -D /dev/null '${caFile}'; install -D /dev/null '${configFile}'
            echo '[kubelet-check] The kubelet is not healthy after 4m0s'; exit 1`;
    }

    function leaveHalfOfAJoin(): void {
        node.write("/etc/kubernetes/kubelet.conf");
        node.write("/etc/kubernetes/manifests/etcd.yaml");
        node.write("/var/lib/etcd/member/snap/db");
    }
});
