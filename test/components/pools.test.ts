import assert from "node:assert/strict";
import { Cluster } from "../../components/cluster";
import { endpointForNodes } from "../../components/platforms/createPlatform";
import { createLocalPlatform } from "../../components/platforms/local";
import { assignHosts } from "../../components/platforms/localAddresses";
import { nodeNames } from "../../config/nodes";
import { neverRestored } from "../../changes/restores";
import { clusterOutputs } from "../support/clusterOutputs";
import { configOf } from "../support/configOf";
import { firstUpdate, newData } from "../support/firstUpdate";
import { type MockPulumi, mockPulumi, valueOf } from "../support/mockPulumi";

const gpu = {
    count: 2,
    labels: { "example.com/gpu": "a100" },
    taints: ["example.com/gpu:NoSchedule"],
    kubelet: { maxPods: 20 },
    maxUnavailable: "2",
};

describe("a pool of workers", () => {
    it("makes nodes with its labels, taints and settings of the kubelet, which a preview shows", async () => {
        const { engine } = await makeCluster({ workerPools: { gpu } });

        const { inputs } = await engine.resource("gpu-2");
        assert.deepEqual(inputs.labels, gpu.labels);
        assert.deepEqual(inputs.taints, gpu.taints);
        assert.deepEqual(inputs.kubelet, gpu.kubelet);
        assert.equal("kubelet" in (await engine.resource("worker-1")).inputs, false);
    });

    it("hands its settings of the kubelet to kubeadm as a patch, when a node joins and when it settles", async () => {
        const { engine } = await makeCluster({ workerPools: { gpu } });

        for (const step of ["gpu-1-join", "gpu-1-settle"]) {
            const text = await stdinOf(engine, step);
            assert.match(text, /^FILE_PATHS=\('pulumi-kubeadm\/patches\/kubeletconfiguration5pool\+merge\.json'\)$/m);
            assert.match(text, /^FILE_CONTENTS=\('\{"maxPods":20\}'\)$/m);
        }
        assert.match(await stdinOf(engine, "worker-1-join"), /^FILE_PATHS=\(\)$/m);
    });

    it("hands its settings of containerd on, over those of the cluster", async () => {
        const { engine } = await makeCluster({
            containerd: "oom_score = 1",
            workerPools: { gpu: { ...gpu, containerd: "oom_score = 2\n" } },
        });

        assert.deepEqual((await engine.resource("gpu-1")).inputs.containerd, ["oom_score = 1", "oom_score = 2\n"]);
        for (const step of ["gpu-1-prepare", "gpu-1-settle"]) {
            assert.match(
                await stdinOf(engine, step),
                /^CONTAINERD_SETTINGS=\('version = 3\noom_score = 1' 'version = 3\noom_score = 2'\)$/m,
            );
        }
        assert.match(
            await stdinOf(engine, "control-plane-1-settle"),
            /^CONTAINERD_SETTINGS=\('version = 3\noom_score = 1'\)$/m,
        );
    });

    it("lets swap stay on where its kubelet tolerates it", async () => {
        const { engine } = await makeCluster({
            workerPools: { swap: { count: 1, kubelet: { failSwapOn: true } }, gpu },
        });

        assert.match(await stdinOf(engine, "swap-1-prepare"), /^KEEP_SWAP='false'$/m);
        assert.match(await stdinOf(engine, "gpu-1-prepare"), /^KEEP_SWAP='true'$/m);
    });

    it("tells each node's admission its pool, and the cluster the size of each pool", async () => {
        const { engine } = await makeCluster({ workerPools: { gpu }, withoutNodes: ["worker-1"] });

        const pools = await Promise.all(
            ["control-plane-1", "worker-2", "gpu-1"].map(
                async (node) => /^POOL='(.*)'$/m.exec(await stdinOf(engine, `${node}-admit`))?.[1],
            ),
        );
        assert.deepEqual(pools, ["control-plane", "worker", "gpu"]);
        assert.match(await stdinOf(engine, "dev-declare"), /^POOLS=\('control-plane 3 1' 'worker 1 1' 'gpu 2 2'\)$/m);
    });

    it("of another size leaves the steps of all other nodes as they are", async () => {
        const sized = (count: number) =>
            makeCluster({
                controlPlaneNodes: 1,
                workerNodes: 1,
                workerPools: { gpu: { count, maxUnavailable: "100%" } },
            });
        const before = await nodeInputs((await sized(1)).engine);
        const after = await nodeInputs((await sized(3)).engine);

        const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
        assert.deepEqual(changed, []);
    });
});

describe("a cluster that exists", () => {
    const known = ["control-plane-1", "control-plane-2", "control-plane-3", "worker-1", "worker-2"];

    it("waits for no machine before other nodes are admitted: one may be waiting for them", async () => {
        const { engine } = await makeCluster({}, known);

        const init = await engine.resource("dev-init");
        assert.deepEqual(
            init.options.dependsOn.filter((urn) => /-prepare$|machines-(control|worker)/.test(urn)),
            [],
        );
        assert.doesNotMatch(String(init.inputs.stdin), /stdout of machines-/);
        assert.deepEqual(init.options.ignoreChanges, ["connection", "create", "update", "stdin"]);
    });

    it("is completed when all of its nodes are members", async () => {
        const { cluster } = await makeCluster({ workerPools: { gpu } }, known);

        const names = (await valueOf(cluster.completed)) as string[];
        assert.deepEqual(
            names.map((urn) => urn.split("::").at(-1)),
            [...known, "gpu-1", "gpu-2"].map((node) => `${node}-membership`),
        );
    });
});

async function makeCluster(
    given: Record<string, unknown>,
    knownNodes: readonly string[] = [],
): Promise<{ engine: MockPulumi; cluster: Cluster }> {
    const engine = await mockPulumi({ outputs: clusterOutputs });
    const config = configOf(given);
    const records = { hosts: assignHosts(nodeNames(config).workers, {}), generations: {}, restore: neverRestored };
    const data = newData();
    const platform = createLocalPlatform(config, endpointForNodes(config), records, data);
    const cluster = new Cluster("dev", {
        config,
        platform,
        data,
        ...firstUpdate,
        knownNodes,
    });
    await engine.resources();
    return { engine, cluster };
}

async function stdinOf(engine: MockPulumi, step: string): Promise<string> {
    return String((await engine.resource(step)).inputs.stdin);
}

/** All inputs of the steps of nodes, by name. */
async function nodeInputs(engine: MockPulumi): Promise<Record<string, string>> {
    const steps = (await engine.resources()).filter(({ name }) => /^(control-plane|worker|gpu)-\d+-/.test(name));
    return Object.fromEntries(steps.map(({ name, inputs }) => [name, JSON.stringify(inputs)]));
}
