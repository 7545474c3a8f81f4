import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { kubeProxyConfiguration } from "../../../components/componentConfig";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const init = programScript("init");
const values = {
    NODE: "control-plane-1",
    IDENTITY: "container-1",
    ADDRESS: "10.0.0.11",
    HAS_ETCD: true,
    SNAPSHOT_CHECKSUM: "",
    ENDPOINT: "10.0.0.5:6443",
    CA_CERTIFICATE: "the CA",
    KUBERNETES_VERSION: "1.37.1",
    KUBE_PROXY_MODE: "auto",
    CONFIG: `kind: InitConfiguration\n---\n${kubeProxyConfiguration("nftables", {})}`,
    FILE_PATHS: ["pki/ca.key", "pki/ca.crt"],
    FILE_MODES: ["0600", "0644"],
    FILE_CONTENTS: ["the key", "the certificate"],
};
const initCommand =
    "kubeadm init --skip-token-print --skip-certificate-key-print --ignore-preflight-errors= --config FILE";

describe("init.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("initializes the cluster with the PKI in place", () => {
        const run = node.run(init, values);

        assert.equal(run.stderr, "");
        assert.deepEqual(run.stdout.trim().split("\n"), [
            "control-plane-1: looking for a cluster at 10.0.0.5:6443",
            "control-plane-1: kubeadm init",
            "control-plane-1: marking the node",
        ]);
        assert.deepEqual(node.calls("kubeadm"), [initCommand]);
        assert.equal(node.read("/etc/kubernetes/pki/ca.key"), "the key\n");
        assert.deepEqual(
            [node.mode("/etc/kubernetes/pki/ca.key"), node.mode("/etc/kubernetes/pki/ca.crt")],
            ["600", "644"],
        );
        assert.equal(node.mode("/etc/kubernetes/pulumi-kubeadm/member"), "600");
    });

    it("marks the node with the identity of its machine", () => {
        node.run(init, values);

        const [mark = ""] = node.calls("kubectl");
        assert.match(
            mark,
            /\/etc\/kubernetes\/admin\.conf --request-timeout 30s annotate --overwrite node control-plane-1 pulumi-kubeadm\/machine=container-1$/,
        );
    });

    it("marks the configuration in the cluster with what all control planes have in common", () => {
        node.run(init, values);

        const common = `${kubeProxyConfiguration("nftables", {})}\n`;
        const mark = createHash("sha256").update(common).digest("hex").slice(0, 16);
        assert.match(
            node.calls("kubectl")[1] ?? "",
            new RegExp(` annotate --overwrite configmap kubeadm-config pulumi-kubeadm/described=${mark}$`),
        );
    });

    it("takes away the credential that cannot be revoked", () => {
        node.stub("kubeadm", `echo kubeconfig >'${node.path("/etc/kubernetes/super-admin.conf")}'`);

        node.run(init, values);

        assert.equal(node.exists("/etc/kubernetes/super-admin.conf"), false);
    });

    it("does nothing on a machine that it has initialized", () => {
        node.run(init, values);
        const before = node.calls("k").length;

        const run = node.run(init, values);

        assert.equal(run.stdout, "control-plane-1: is initialized\n");
        assert.equal(node.calls("k").length, before);
    });

    it("resets what an interrupted run left, and puts the PKI back before kubeadm runs", () => {
        node.write("/etc/kubernetes/manifests/kube-apiserver.yaml");
        node.write("/etc/kubernetes/pulumi-kubeadm/patches/old.yaml");
        node.stub("kubeadm", {
            reset: `rm -r '${node.path("/etc/kubernetes")}'`,
            init: `ls '${node.path("/etc/kubernetes/pki")}'`,
        });

        const run = node.run(init, values);

        assert.equal(run.status, 0);
        assert.deepEqual(node.calls("kubeadm"), ["kubeadm reset --force --cleanup-tmp-dir", initCommand]);
        assert.equal(node.read("/var/log/pulumi-kubeadm/init.log"), "ca.crt\nca.key\n");
        assert.equal(node.exists("/etc/kubernetes/pulumi-kubeadm/patches/old.yaml"), false);
    });

    it("refuses to make a second cluster, and leaves the machine as it is", () => {
        node.stub("curl");

        const run = node.run(init, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /while: looking for a cluster at 10\.0\.0\.5:6443\n/);
        assert.match(run.stderr, /seen: {4}a cluster with this CA answers at 10\.0\.0\.5:6443\n/);
        assert.deepEqual(node.calls("kubeadm"), []);
        assert.equal(node.exists("/etc/kubernetes/pki"), false);
    });

    it("recognises a cluster by its CA alone", () => {
        node.run(init, values);

        assert.deepEqual(node.calls("curl"), [
            `curl --noproxy * --silent --max-time 3 --cacert FILE --output /dev/null https://10.0.0.5:6443/livez`,
        ]);
        assert.match(node.inputs(), /^the CA$/m);
    });

    it("gives the load balancer time to see that an interrupted run's API server is gone", () => {
        node.stub("curl", `[[ $(grep -c ^curl "$LOG/calls") == 1 ]]`);

        assert.equal(node.run(init, values).status, 0);
    });

    it("has kube-proxy use nftables where they work", () => {
        node.run(init, values);

        assert.match(node.inputs(), /^mode: nftables$/m);
    });

    it("has kube-proxy use iptables, and says so, where nftables do not work", () => {
        node.stub("nft", "exit 1");

        const run = node.run(init, values);

        assert.match(run.stdout, /^control-plane-1: nft does not work here; kube-proxy uses iptables$/m);
        assert.match(node.inputs(), /^mode: iptables$/m);
        assert.doesNotMatch(node.inputs(), /nftables/);
    });

    it("does not ask whether nftables work when the mode is chosen", () => {
        node.run(init, { ...values, KUBE_PROXY_MODE: "nftables" });

        assert.deepEqual(node.calls("nft"), []);
    });

    it("puts no secret into its output, its log or a command line", () => {
        const run = node.run(init, values);

        const shown = [run.stdout, run.stderr, node.read("/var/log/pulumi-kubeadm/init.log"), ...node.calls()].join(
            "\n",
        );
        assert.doesNotMatch(shown, /the key/);
    });

    it("says what the API server answered when the node cannot be marked", () => {
        node.stub("kubectl", "echo Unauthorized; exit 1");

        const run = node.run(init, values);

        assert.match(run.stderr, /seen: {4}the node could not be marked: Unauthorized\n/);
        assert.equal(node.exists("/etc/kubernetes/pulumi-kubeadm/member"), false);
    });
});

describe("init.sh with a snapshot", () => {
    const file = "/var/lib/pulumi-kubeadm/restore.db";
    const content = "what etcd knew";
    const restoring = { ...values, SNAPSHOT_CHECKSUM: createHash("sha256").update(content).digest("hex") };
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.write(file, content);
        node.stub("etcdutl");
    });

    it("makes etcd's data from it before kubeadm runs, and forgets the machines that it knows", () => {
        const run = node.run(init, restoring);

        assert.equal(run.stderr, "");
        assert.deepEqual(run.stdout.trim().split("\n"), [
            "control-plane-1: looking for a cluster at 10.0.0.5:6443",
            "control-plane-1: restoring etcd's data from the snapshot",
            "control-plane-1: kubeadm init",
            "control-plane-1: forgetting the machines of the lost cluster",
            "control-plane-1: marking the node",
        ]);
        const steps = node.calls().filter((line) => /^(etcdutl|kubeadm|kubectl .*delete)/.test(line));
        assert.deepEqual(
            steps.map((line) => line.replaceAll(node.path("/"), "/").replace(/ --kubeconfig .*30s/, "")),
            [
                `etcdutl snapshot restore ${file} --data-dir /var/lib/etcd --bump-revision 1000000000 --mark-compacted ` +
                    "--name control-plane-1 --initial-cluster control-plane-1=https://10.0.0.11:2380 " +
                    "--initial-advertise-peer-urls https://10.0.0.11:2380 --initial-cluster-token container-1",
                initCommand.replace(" --config", " --ignore-preflight-errors=DirAvailable--var-lib-etcd --config"),
                "kubectl delete nodes --selector !pulumi-kubeadm/pool --field-selector metadata.name!=control-plane-1",
                "kubectl --namespace kube-system delete pods --selector tier=control-plane " +
                    "--field-selector spec.nodeName!=control-plane-1 --force --grace-period 0",
                "kubectl --namespace kube-system delete lease kube-controller-manager kube-scheduler --ignore-not-found",
            ],
        );
        assert.equal(node.exists(file), false);
    });

    it("leaves the data to external etcd, and forgets the machines that they know", () => {
        const run = node.run(init, { ...restoring, HAS_ETCD: false });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.calls("etcdutl"), []);
        assert.deepEqual(node.calls("kubeadm"), [initCommand]);
        assert.equal(node.calls("kubectl").filter((line) => line.includes(" delete nodes ")).length, 1);
    });

    it("begins anew where an interrupted run had restored it", () => {
        node.write("/var/lib/etcd/member/snap/db");
        node.stub("etcdutl", `ls '${node.path("/var/lib")}'`);

        const run = node.run(init, restoring);

        assert.equal(run.status, 0);
        assert.equal(node.read("/var/log/pulumi-kubeadm/init.log"), "pulumi-kubeadm\n");
    });

    it("does nothing on a machine that it has initialized, where the snapshot is gone", () => {
        node.run(init, restoring);

        const run = node.run(init, restoring);

        assert.equal(run.stdout, "control-plane-1: is initialized\n");
    });

    it("refuses another file than the one that was described", () => {
        node.write(file, "something else");

        const run = node.run(init, restoring);

        assert.match(run.stderr, /seen: {4}the snapshot on this machine is not the one that was described\n/);
        assert.deepEqual(node.calls("etcdutl"), []);
        assert.deepEqual(node.calls("kubeadm"), []);
    });

    it("says what etcdutl said", () => {
        node.stub("etcdutl", "echo 'Error: expected sha256'; exit 1");

        const run = node.run(init, restoring);

        assert.match(run.stderr, /seen: {4}etcdutl does not restore the snapshot\n[^]* {4}Error: expected sha256\n/);
        assert.deepEqual(node.calls("kubeadm"), []);
    });

    it("says why the machines could not be forgotten", () => {
        node.stub("kubectl", { "delete nodes": "echo Unauthorized; exit 1" });

        const run = node.run(init, restoring);

        assert.match(run.stderr, /seen: {4}the nodes of the lost cluster could not be deleted: Unauthorized\n/);
        assert.equal(node.exists("/etc/kubernetes/pulumi-kubeadm/member"), false);
    });
});
