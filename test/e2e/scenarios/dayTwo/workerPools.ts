import assert from "node:assert/strict";
import { change } from "../../support/change";
import { run } from "../../support/command";
import { cluster, machineOf } from "./shared";

const gpu = {
    count: 1,
    labels: { "example.com/gpu": "a100" },
    taints: ["example.com/gpu=true:NoSchedule"],
    kubelet: { maxPods: 33 },
    cpus: 1,
    memory: "2Gi",
};

describe("a new pool of workers, and one worker more", () => {
    before(() => cluster.isStarted());

    it("come without a step of any other node", async () => {
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
        const workerPools = { gpu: { ...gpu, kubelet: { maxPods: 44 } } };

        await change(cluster, { workerPools }, { machines: ["gpu-1"] });

        const path = "jsonpath={.status.capacity.pods}";
        assert.equal(await cluster.kubectl(["get", "node", "gpu-1", "--output", path]), "44");
    });

    it("have machines of their pool's size, and others when that changes", async () => {
        const before = await machineOf("gpu-1");
        assert.equal(await size("gpu-1"), "1000000000 2147483648");

        await change(cluster, { workerPools: { gpu: { ...gpu, memory: "3Gi" } } }, { machines: ["gpu-1"] });

        assert.equal(await size("gpu-1"), "1000000000 3221225472");
        assert.notEqual(await machineOf("gpu-1"), before);
    });
});

/** Billionths of a processor, and bytes of memory. */
async function size(machine: string): Promise<string> {
    const format = "{{.HostConfig.NanoCpus}} {{.HostConfig.Memory}}";
    return (await run("docker", ["inspect", "--format", format, cluster.container(machine)])).trim();
}
