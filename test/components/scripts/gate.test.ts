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

    interface FakeCluster {
        /** Versions, a line each, as printf takes them. */
        readonly kubelets?: string;
        readonly nodes?: string;
        readonly nodesExit?: number;
        readonly health?: string;
        readonly etcd?: readonly string[];
    }

    function gateOf({
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
            kubeletVersion: `printf '${kubelets}'`,
            "get nodes": `echo '${nodes}'; exit ${String(nodesExit)}`,
            "get pods": "echo etcd-control-plane-1",
            "endpoint health": health,
            "endpoint status": `echo '${status.join("\n")}'`,
        });
        return node.run(gate, values, "update");
    }
});
