import assert from "node:assert/strict";
import { nodeNames } from "../../config/nodes";
import { autoscalingPools } from "../../config/pools";
import { configOf, problemsOf } from "../support/configOf";

const aws = {
    platform: "aws",
    awsZones: ["eu-central-1a", "eu-central-1b"],
    awsAllowedCidrs: ["203.0.113.7/32"],
};
const batch = { autoscaling: { min: 0, max: 10 } };

describe("a pool whose instances join by themselves", () => {
    it("has no nodes with names, and is no pool of those", () => {
        const config = configOf({
            ...aws,
            workerNodes: 0,
            workerPools: { batch: { ...batch, maxUnavailable: "25%" } },
        });

        assert.deepEqual(nodeNames(config).workers, []);
        assert.deepEqual(autoscalingPools(config), [
            { name: "batch", labels: {}, taints: [], kubelet: {}, containerd: "", min: 0, max: 10, maxUnavailable: 3 },
        ]);
    });

    it("keeps the control planes for themselves, as any pool of workers does", () => {
        assert.deepEqual(configOf({ ...aws, workerNodes: 0, workerPools: { batch } }).controlPlaneTaints, [
            "node-role.kubernetes.io/control-plane:NoSchedule",
        ]);
        assert.deepEqual(configOf({ ...aws, workerNodes: 0 }).controlPlaneTaints, []);
    });

    it("has machines of a type, as the others do", () => {
        assert.deepEqual(
            problemsOf({ ...aws, workerPools: { batch }, awsMachines: { batch: { type: "m7g.large", spot: true } } }),
            [],
        );
    });

    const key = "workerPools: batch";
    const refused: { pool: Record<string, unknown>; on?: Record<string, unknown>; problem: string }[] = [
        {
            pool: batch,
            on: {},
            problem: `${key}: autoscaling: machines of platform local do not come by themselves; use count`,
        },
        { pool: { ...batch, count: 2 }, problem: `${key}: count and autoscaling exclude each other; keep one of them` },
        {
            pool: { autoscaling: { min: 3, max: 2 } },
            problem: `${key}: autoscaling: min 3 is more than max 2`,
        },
        {
            pool: { autoscaling: { min: 0, max: 0 } },
            problem: `${key}: autoscaling: max: 0 is no pool; use 1 or more, or take the pool out`,
        },
        {
            pool: { autoscaling: { max: 2 } },
            problem: `${key}: autoscaling: {"max":2} is not min and max; for example {min: 2, max: 20}`,
        },
        {
            pool: { ...batch, labels: { "topology.kubernetes.io/zone": "here", "node.kubernetes.io/tier": "a" } },
            problem:
                `${key}: label topology.kubernetes.io/zone: no kubelet may give it to itself; ` +
                "use a domain of your own, or node.kubernetes.io",
        },
    ];

    for (const { pool, on = aws, problem } of refused) {
        it(`is refused: ${problem}`, () => {
            assert.ok(problemsOf({ ...on, workerPools: { batch: pool } }).includes(problem), problem);
        });
    }
});
