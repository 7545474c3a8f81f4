import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("labels and taints", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "a label's key has a bad prefix",
            given: { workerLabels: { "-x/pool": "a" } },
            expected: [
                'workerLabels: label -x/pool: "-x/pool" has a prefix that is not a DNS subdomain; ' +
                    "for example example.com/pool",
            ],
        },
        {
            title: "a label is the kubelet's or the program's",
            given: {
                workerLabels: { "kubernetes.io/os": "windows", "pulumi-kubeadm/pool": "gpu" },
                controlPlaneLabels: { "kubernetes.io/hostname": "x" },
            },
            expected: [
                "controlPlaneLabels: label kubernetes.io/hostname",
                "workerLabels: label kubernetes.io/os",
                "workerLabels: label pulumi-kubeadm/pool",
            ].map((label) => `${label}: is not yours to set, since pods are placed by it; use a key of your own`),
        },
        {
            title: "a label's value has a space",
            given: { controlPlaneLabels: { pool: "a b" } },
            expected: [
                'controlPlaneLabels: label pool: "a b" is not a value; use up to 63 letters, digits, "-", "_" and ".", ' +
                    "with a letter or digit at both ends",
            ],
        },
        {
            title: "a worker is to look like a control plane",
            given: { workerLabels: { "node-role.kubernetes.io/control-plane": "" } },
            expected: [
                "workerLabels: node-role.kubernetes.io/control-plane would make a worker look like a control plane; " +
                    "leave it out",
            ],
        },
        {
            title: "a taint has no effect",
            given: { workerTaints: ["dedicated=gpu"] },
            expected: ['workerTaints: "dedicated=gpu" is not a taint; write key=value:Effect or key:Effect'],
        },
        {
            title: "a taint's effect is unknown",
            given: { workerTaints: ["dedicated=gpu:NoRun"] },
            expected: [
                'workerTaints: taint dedicated=gpu:NoRun: "NoRun" is not an effect; ' +
                    "use NoSchedule, PreferNoSchedule, NoExecute",
            ],
        },
        {
            title: "a taint is given twice",
            given: { workerTaints: ["a=1:NoSchedule", "a=2:NoSchedule", "a=1:NoExecute"] },
            expected: [
                "workerTaints: taint a:NoSchedule is given more than once; a node has one taint per key and effect",
            ],
        },
        {
            title: "a node repeats a taint of its role",
            given: { workerTaints: ["a=1:NoSchedule"], nodes: { "worker-2": { taints: ["a:NoSchedule"] } } },
            expected: [
                "nodes: worker-2: taint a:NoSchedule is given more than once; a node has one taint per key and effect",
            ],
        },
        {
            title: "a node is none of the cluster's",
            given: { controlPlaneNodes: 1, nodes: { "worker-9": {} } },
            expected: [
                'nodes: "worker-9" is not a node of this cluster; it has control-plane-1 and worker-1 to worker-2',
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    it("are accepted when labels have prefixes and empty values", () => {
        const problems = problemsOf({
            workerLabels: { "node-role.kubernetes.io/worker": "", "example.com/pool": "a.b_c-1" },
        });

        assert.deepEqual(problems, []);
    });
});
