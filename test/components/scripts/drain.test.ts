import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const drain = programScript("drain");
const values = {
    NODE: "worker-1",
    POOL: "worker",
    KUBECONFIG_TEXT: "the kubeconfig",
    KUBERNETES_VERSION: "1.37.1",
    CONTAINERD_VERSION: "2.3.7",
};
const reason = "1.37.1-containerd-2.3.7";
const drained = [
    `annotate --overwrite node worker-1 pulumi-kubeadm/drained=${reason}`,
    "cordon worker-1",
    "drain worker-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 30s",
];

const olderMinor = "v1.36.4 containerd://2.3.7";
const cordon = "jsonpath={.metadata.name}{.spec.unschedulable}";
const nodes = "range .items";
const takesPodsAgain = ["uncordon worker-1", "annotate node worker-1 pulumi-kubeadm/drained-"];

describe("drain.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    const cases = [
        { title: "is as described", reports: "v1.37.1 containerd://2.3.7", expected: [] },
        { title: "is to have another patch of Kubernetes", reports: "v1.37.0 containerd://2.3.7", expected: [] },
        { title: "is to have another minor of Kubernetes", reports: olderMinor, expected: drained },
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

            const run = node.run(drain, values, "create");

            assert.equal(run.stderr, "");
            assert.equal(run.stdout, expected.length === 0 ? "" : "worker-1: draining it\n");
            assert.deepEqual(changes(), expected);
        });
    });

    it("lets a node take pods again that was emptied for a change that was taken back", () => {
        cluster("v1.37.1 containerd://2.3.7", {
            "annotations.pulumi-kubeadm/drained}": "echo 1.38.0-containerd-2.3.7",
        });

        assert.equal(node.run(drain, values, "create").stderr, "");
        assert.deepEqual(changes(), takesPodsAgain);
    });

    it("lets the node take pods again when the drain does not end", () => {
        cluster(olderMinor, { " drain ": "echo 'cannot evict pod db-0' >&2; exit 1" });

        const run = node.run(drain, values, "create");

        assert.equal(run.status, 97);
        assert.match(run.stderr, /cannot evict pod db-0\n/);
        assert.match(run.stderr, /seen: {4}the drain of worker-1 did not end: cannot evict pod db-0\n/);
        assert.deepEqual(changes(), [...drained, ...drained.slice(2), ...takesPodsAgain]);
    });

    it("leaves the cordon of somebody else when the drain does not end", () => {
        cluster(olderMinor, { " drain ": "exit 1", [cordon]: "echo worker-1true" });

        assert.equal(node.run(drain, values, "create").status, 97);
        assert.deepEqual(changes(), [...drained.slice(1), ...drained.slice(2)]);
    });

    it("waits until fewer of its pool are away for the same change than may be", () => {
        cluster(olderMinor, { [nodes]: `(($(grep -c '${nodes}' "$LOG/calls") > 1)) || echo 'worker-2 ${reason}'` });

        const run = node.run(drain, values, "create");

        assert.equal(run.stderr, "");
        assert.deepEqual(changes(), drained);
    });

    it("says who is away when its turn does not come", () => {
        cluster(olderMinor, away(`worker-2 ${reason}`, `worker-3-abc ${reason}`));

        const run = node.run(drain, values, "create");

        assert.equal(run.status, 97);
        assert.match(
            run.stderr,
            /seen: {4}as many nodes of the pool worker as may be away are: worker-2, worker-3-abc\n/,
        );
        assert.deepEqual(changes(), []);
    });

    it("waits for no node of another pool, none that is away for something else, and not for itself", () => {
        const others = ["worker-2 leaving", "worker-3 1.36.4-containerd-2.3.7", `gpu-1 ${reason}`, "worker-4 "];
        cluster(olderMinor, away(`worker-1 ${reason}`, ...others));

        assert.equal(node.run(drain, values, "create").stderr, "");
        assert.deepEqual(changes(), drained);
    });

    it("waits for nobody in a pool that the cluster does not declare", () => {
        cluster(olderMinor, { ...away(`worker-2 ${reason}`), "maxUnavailable-worker": "" });

        assert.equal(node.run(drain, values, "create").stderr, "");
        assert.deepEqual(changes(), drained);
    });

    it("fails, and does not take a node for one that is as described, when the cluster does not answer", () => {
        node.stub("kubectl", { readyz: "", "get node ": "exit 1" });

        assert.equal(node.run(drain, values, "create").status, 97);
        assert.deepEqual(changes(), []);
    });

    function cluster(reports: string, answers: Readonly<Record<string, string>> = {}): void {
        node.stub("kubectl", {
            ...answers,
            [nodes]: answers[nodes] ?? "",
            "maxUnavailable-worker": answers["maxUnavailable-worker"] ?? "echo 1",
            nodeInfo: `printf '${reports}'`,
            'type=="Ready"': "echo True",
            [cordon]: answers[cordon] ?? `grep -q " cordon " "$LOG/calls" && echo worker-1true || echo worker-1`,
            "annotations.pulumi-kubeadm/drained}":
                answers["annotations.pulumi-kubeadm/drained}"] ??
                `! grep -q 'drained=1' "$LOG/calls" || echo ${reason}`,
        });
    }

    function changes(): string[] {
        return node
            .calls("kubectl")
            .map((line) => line.replace("kubectl --kubeconfig FILE --request-timeout 30s ", ""))
            .filter((line) => !/^(get|--namespace kube-system get) /.test(line));
    }
});

/** Nodes with the reasons of their drains. */
function away(...lines: string[]): Record<string, string> {
    return { [nodes]: `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}` };
}
