import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const drain = programScript("drain");
const values = {
    NODE: "worker-1",
    KUBECONFIG_TEXT: "the kubeconfig",
    KUBERNETES_VERSION: "1.37.1",
    CONTAINERD_VERSION: "2.3.7",
};
const drained = [
    "annotate --overwrite node worker-1 pulumi-kubeadm/drained=true",
    "drain worker-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 30s",
];

const takesPodsAgain = ["uncordon worker-1", "annotate node worker-1 pulumi-kubeadm/drained-"];

describe("drain.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    const cases = [
        { title: "is as described", reports: "v1.37.1 containerd://2.3.7", expected: [] },
        { title: "is to have another patch of Kubernetes", reports: "v1.37.0 containerd://2.3.7", expected: [] },
        { title: "is to have another minor of Kubernetes", reports: "v1.36.4 containerd://2.3.7", expected: drained },
        { title: "is to have another containerd", reports: "v1.37.1 containerd://2.3.6", expected: drained },
        {
            title: "has a containerd whose version begins with a v",
            reports: "v1.37.1 containerd://v2.3.7",
            expected: [],
        },
        { title: "does not exist", reports: "", expected: [] },
    ];

    cases.forEach(({ title, reports, expected }) => {
        it(`${expected.length === 0 ? "leaves a node alone" : "empties a node"} that ${title}`, () => {
            cluster(reports);

            const run = node.run(drain, values, "update");

            assert.equal(run.stderr, "");
            assert.equal(run.stdout, expected.length === 0 ? "" : "worker-1: draining it\n");
            assert.deepEqual(changes(), expected);
        });
    });

    it("lets the node take pods again when the drain does not end", () => {
        cluster("v1.36.4 containerd://2.3.7", "echo 'cannot evict pod db-0' >&2; exit 1");

        const run = node.run(drain, values, "update");

        assert.equal(run.status, 97);
        assert.match(run.stderr, /cannot evict pod db-0\n/);
        assert.match(run.stderr, /seen: {4}the drain of worker-1 did not end: cannot evict pod db-0\n/);
        assert.deepEqual(changes(), [...drained, ...drained.slice(1), ...takesPodsAgain]);
    });

    it("leaves the cordon of somebody else when the drain does not end", () => {
        cluster("v1.36.4 containerd://2.3.7", "exit 1", "worker-1true");

        assert.equal(node.run(drain, values, "update").status, 97);
        assert.deepEqual(changes(), [...drained.slice(1), ...drained.slice(1)]);
    });

    it("fails, and does not take a node for one that is as described, when the cluster does not answer", () => {
        node.stub("kubectl", { readyz: "", "get node ": "exit 1" });

        assert.equal(node.run(drain, values, "update").status, 97);
        assert.deepEqual(changes(), []);
    });

    function cluster(reports: string, drainSays = "", nameAndCordon = "worker-1"): void {
        node.stub("kubectl", {
            nodeInfo: `printf '${reports}'`,
            'type=="Ready"': "echo True",
            " drain ": drainSays,
            "jsonpath={.metadata.name}{.spec.unschedulable}": `echo ${nameAndCordon}`,
            "annotations.pulumi-kubeadm/drained}": `grep -q 'drained=true' "$LOG/calls" && echo true`,
        });
    }

    function changes(): string[] {
        return node
            .calls("kubectl")
            .map((line) => line.replace("kubectl --kubeconfig FILE --request-timeout 30s ", ""))
            .filter((line) => !line.startsWith("get "));
    }
});
