import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const gate = programScript("gate");
const values = {
    NODE: "the cluster",
    KUBECONFIG_TEXT: "the kubeconfig",
    KUBERNETES_VERSION: "1.37.1",
    ETCD_MINIMUM: "3.6.11",
};
const allReady = "control-plane-1 Ready control-plane 5d v1.36.4\nworker-1 Ready,SchedulingDisabled <none> 5d v1.36.4";

describe("gate.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("lets a healthy cluster be upgraded", () => {
        const run = gateOf({});

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, "the cluster: checking that the cluster is fit for Kubernetes 1.37.1\n");
    });

    it("has each call of etcdctl end, though its connection may be lost, and no other call of kubectl", () => {
        node.stub("timeout", 'shift 2; exec "$@"');

        assert.equal(gateOf({}).status, 0);

        const limits = node.calls("timeout").map((line) => `${line.split(" ")[2]} ${line.includes(" exec ")}`);
        assert.deepEqual([...new Set(limits)].sort(), ["0 false", "20 true"]);
    });

    const refused = [
        {
            title: "a node is not Ready",
            cluster: { nodes: `${allReady}\nworker-2 NotReady <none> 5d v1.36.4\nworker-3 Unknown <none> 5d v1.36.4` },
            seen: /seen: {4}not all nodes are Ready: worker-2 NotReady\nworker-3 Unknown\n/,
        },
        {
            title: "the nodes cannot be listed",
            cluster: { nodesExit: 1 },
            seen: /seen: {4}not all nodes are Ready: /,
        },
        {
            title: "a member of etcd is not healthy",
            cluster: { health: "echo 'https://10.0.0.12:2379 is unhealthy'; exit 1" },
            seen: /seen: {4}etcd is not healthy: https:\/\/10\.0\.0\.12:2379 is unhealthy\n/,
        },
        {
            title: "a member of etcd is too old",
            cluster: { etcd: ["3.6.11", "3.6.9"] },
            seen: /seen: {4}etcd 3\.6\.9 runs; Kubernetes 1\.37\.1 brings one that needs all members to be at least 3\.6\.11\n/,
        },
    ];

    refused.forEach(({ title, cluster, seen }) => {
        it(`refuses when ${title}`, () => {
            const run = gateOf(cluster);

            assert.equal(run.status, 97);
            assert.match(run.stderr, seen);
        });
    });

    it("takes any etcd that is new enough, by number and not by letter", () => {
        assert.equal(gateOf({ etcd: ["3.6.11", "3.7.0", "3.10.0"] }).status, 0);
    });

    it("asks nothing of a cluster that has the version: only the way to it has changed", () => {
        const run = gateOf({ kubelets: "v1.37.1\\nv1.37.1\\n", nodes: "worker-1 NotReady <none> 5d v1.37.1" });

        assert.deepEqual([run.status, run.stdout, run.stderr], [0, "", ""]);
    });

    it("asks while a node has another version", () => {
        const run = gateOf({ kubelets: "v1.37.1\\nv1.36.4\\n", nodes: "worker-1 NotReady <none> 5d v1.37.1" });

        assert.match(run.stderr, /seen: {4}not all nodes are Ready: worker-1 NotReady\n/);
    });

    const begun = [
        {
            title: "a kubelet is newer",
            cluster: { nodeKubelets: ["control-plane-1 v1.38.2", "worker-1 v1.37.1"] },
            seen: "the kubelet of control-plane-1 is of 1.38.2, newer than 1.37.1",
        },
        {
            title: "a kubelet is of a newer patch of two digits",
            cluster: { nodeKubelets: ["control-plane-1 v1.37.1", "worker-1 v1.37.10"] },
            seen: "the kubelet of worker-1 is of 1.37.10, newer than 1.37.1",
        },
        {
            title: "an API server is newer, and its kubelet not yet",
            cluster: {
                nodeKubelets: ["control-plane-1 v1.37.1"],
                apiServers: [
                    "True the API server of control-plane-1 registry.k8s.io/kube-apiserver:v1.38.2",
                    "True the API server of control-plane-2 registry.k8s.io/kube-apiserver:v1.37.1",
                ],
            },
            seen: "the API server of control-plane-1 is of 1.38.2, newer than 1.37.1",
        },
    ];

    begun.forEach(({ title, cluster, seen }) => {
        it(`does not take an upgrade back that has begun: ${title}`, () => {
            const run = gateOf({ kubelets: "v1.37.1\\n", ...cluster });

            const newer = /is of (\S+),/.exec(seen)?.[1] ?? "";
            assert.equal(run.status, 97);
            assert.ok(run.stderr.includes(`  seen:    ${seen}\n`), run.stderr);
            assert.ok(run.stderr.includes(`  repair:  set kubernetesVersion to ${newer}, and run`), run.stderr);
        });
    });

    it("asks no API server that does not answer", () => {
        const silent = "False the API server of control-plane-1 registry.k8s.io/kube-apiserver:v1.38.2";

        assert.equal(gateOf({ apiServers: [silent] }).status, 0);
    });

    it("waits until the kubelets of a restored cluster have said their version", () => {
        const node = "the kubelet of control-plane-1";
        const run = gateOf({
            kubeletsSay: `[[ $(grep -c 'the kubelet of' "$LOG/calls") -lt 2 ]] && echo ${node} v1.38.2 || echo ${node} v1.37.1`,
        });

        assert.equal(run.status, 0, run.stderr);
    });

    it("says so when the cluster does not say which versions run", () => {
        const run = gateOf({ kubeletsSay: "echo on fire >&2; exit 1" });

        assert.match(run.stderr, /seen: {4}the cluster does not say which versions run: on fire\n/);
    });

    interface FakeCluster {
        /** Nodes with the versions of their kubelets. */
        readonly nodeKubelets?: readonly string[];
        /** The answer for these, in bash. */
        readonly kubeletsSay?: string;
        /** Whether each is Ready, whose it is, and its image. */
        readonly apiServers?: readonly string[];
        /** Versions, a line each, as printf takes them. */
        readonly kubelets?: string;
        readonly nodes?: string;
        readonly nodesExit?: number;
        readonly health?: string;
        readonly etcd?: readonly string[];
    }

    function gateOf({
        nodeKubelets = [],
        kubeletsSay = nodeKubelets.map((each) => `echo the kubelet of ${each}`).join("; "),
        apiServers = [],
        kubelets = "v1.36.4\\n",
        nodes = allReady,
        nodesExit = 0,
        health = "",
        etcd = ["3.6.11"],
    }: FakeCluster): Run {
        const status = etcd.map(
            (version, index) => `https://10.0.0.1${String(index)}:2379, 8e9e, ${version}, 25 MB, true`,
        );
        node.stub("kubectl", {
            "the kubelet of": kubeletsSay,
            "component=kube-apiserver": apiServers.map((each) => `echo ${each}`).join("; "),
            kubeletVersion: `printf '${kubelets}'`,
            "get nodes": `echo '${nodes}'; exit ${String(nodesExit)}`,
            "get pods": "echo etcd-control-plane-1",
            "endpoint health": health,
            "endpoint status": `echo '${status.join("\n")}'`,
        });
        return node.run(gate, values, "update");
    }
});
