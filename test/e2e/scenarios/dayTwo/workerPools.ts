import assert from "node:assert/strict";
import { change } from "../../support/change";
import { cluster } from "./shared";

describe("a new pool of workers, and one worker more", () => {
    before(() => cluster.isStarted());

    it("come without a step of any other node", async () => {
        const gpu = {
            count: 1,
            labels: { "example.com/gpu": "a100" },
            taints: ["example.com/gpu=true:NoSchedule"],
            kubelet: { maxPods: 33 },
        };

        await change(
            cluster,
            { workerNodes: 3, workerPools: { gpu } },
            { machines: ["gpu-1", "worker-3"], clusterSteps: ["declare"] },
        );

        assert.deepEqual((await cluster.readyNodes()).slice(3), ["gpu-1", "worker-1", "worker-2", "worker-3"].sort());
    });

    it("have the labels, the taints and the kubelet's settings of their pool", async () => {
        const path = String.raw`jsonpath={.metadata.labels.example\.com/gpu} {.status.capacity.pods} {.spec.taints}`;

        const [gpu, worker] = await Promise.all(
            ["gpu-1", "worker-3"].map((node) => cluster.kubectl(["get", "node", node, "--output", path])),
        );

        assert.equal(gpu, 'a100 33 [{"effect":"NoSchedule","key":"example.com/gpu","value":"true"}]');
        assert.equal(worker, " 110 ");
    });

    it("take another setting of the kubelet while they run", async () => {
        const gpu = {
            count: 1,
            labels: { "example.com/gpu": "a100" },
            taints: ["example.com/gpu=true:NoSchedule"],
            kubelet: { maxPods: 44 },
        };

        await change(cluster, { workerPools: { gpu } }, { machines: ["gpu-1"] });

        const path = "jsonpath={.status.capacity.pods}";
        assert.equal(await cluster.kubectl(["get", "node", "gpu-1", "--output", path]), "44");
    });
});
