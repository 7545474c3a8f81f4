import assert from "node:assert/strict";
import { endpointForNodes } from "../../../components/platforms/createPlatform";
import { createLocalPlatform } from "../../../components/platforms/local";
import { neverRestored } from "../../../changes/restores";
import { clusterOutputs } from "../../support/clusterOutputs";
import { configOf } from "../../support/configOf";
import { newData } from "../../support/firstUpdate";
import { type MockPulumi, mockPulumi } from "../../support/mockPulumi";

describe("a local machine", () => {
    it("is described by its address, and made anew when that changes", async () => {
        const engine = await machines({});

        assert.deepEqual(await described(engine, "worker-1"), { address: "172.30.0.101", publish: "" });
        assert.deepEqual(await triggersOf(engine, "worker-1"), ["172.30.0.101", ""]);
        assert.deepEqual(await triggersOf(engine, "load-balancer"), ["172.30.0.5", "127.0.0.1:16443:6443"]);
    });

    it("of another generation is another machine, and no other one is", async () => {
        const engine = await machines({}, { generations: { "worker-1": 2 } });

        assert.deepEqual(await described(engine, "worker-1"), { address: "172.30.0.101", publish: "", generation: 2 });
        assert.deepEqual(await triggersOf(engine, "worker-1"), ["172.30.0.101", "", "generation 2"]);
        assert.deepEqual(await triggersOf(engine, "worker-2"), ["172.30.0.102", ""]);
    });

    it("of another origin of the cluster's data is another machine, the load balancer's too", async () => {
        const engine = await machines({}, { restore: { origin: "1: a.db, sha256 abc" } });

        assert.deepEqual(await described(engine, "worker-1"), {
            address: "172.30.0.101",
            publish: "",
            restore: "1: a.db, sha256 abc",
        });
        assert.deepEqual(await triggersOf(engine, "worker-1"), ["172.30.0.101", "", "restore 1: a.db, sha256 abc"]);
        assert.deepEqual((await triggersOf(engine, "load-balancer")).at(-1), "restore 1: a.db, sha256 abc");
    });

    it("is made after the cluster's data", async () => {
        const engine = await machines({});

        const { urn } = await engine.resource("stack-data");
        const made = (await engine.resources()).filter(
            ({ name, type }) => /^machines-.*-\d$|balancer$/.test(name) && type === "command:local:Command",
        );
        assert.equal(made.length, 6);
        assert.ok(made.every(({ options }) => options.dependsOn.includes(urn)));
    });

    it("has the size of its pool, and another size is another machine", async () => {
        const engine = await machines({ workerPools: { big: { count: 1, cpus: 4, memory: "8Gi" } } });

        assert.deepEqual(await described(engine, "big-1"), {
            address: "172.30.0.40",
            publish: "",
            cpus: 4,
            memoryMebibytes: 8192,
        });
        assert.deepEqual(await triggersOf(engine, "big-1"), ["172.30.0.40", "", "cpus 4", "memoryMebibytes 8192"]);
        assert.match(String((await containerOf(engine, "big-1")).stdin), /^CPUS='4'\nMEMORY_MEBIBYTES='8192'$/m);
    });

    it("is another load balancer with another generation", async () => {
        const engine = await machines({}, { generations: { "load-balancer": 2 } });

        assert.deepEqual(await triggersOf(engine, "load-balancer"), [
            "172.30.0.5",
            "127.0.0.1:16443:6443",
            "generation 2",
        ]);
    });

    it("keeps the host that it was assigned", async () => {
        const engine = await machines({ workerPools: { gpu: { count: 1 } } }, { hosts: { "gpu-1": 55 } });

        assert.deepEqual(await triggersOf(engine, "gpu-1"), ["172.30.0.55", ""]);
    });

    it("names its pool", async () => {
        await mockPulumi({ outputs: clusterOutputs });
        const config = configOf({ workerPools: { gpu: { count: 1 } } });
        const records = { hosts: { "gpu-1": 40 }, generations: {}, restore: neverRestored };
        const platform = createLocalPlatform(config, endpointForNodes(config), records, newData());

        assert.deepEqual(
            [platform.loadBalancer, ...platform.machines].map(({ name, role, pool }) => [name, role, pool]),
            [
                ["load-balancer", "load-balancer", "load-balancer"],
                ["control-plane-1", "control-plane", "control-plane"],
                ["control-plane-2", "control-plane", "control-plane"],
                ["control-plane-3", "control-plane", "control-plane"],
                ["worker-1", "worker", "worker"],
                ["worker-2", "worker", "worker"],
                ["gpu-1", "worker", "gpu"],
            ],
        );
    });
});

async function machines(
    settings: Record<string, unknown>,
    records: Partial<Parameters<typeof createLocalPlatform>[2]> = {},
): Promise<MockPulumi> {
    const engine = await mockPulumi({ outputs: clusterOutputs });
    const given = { hosts: { "big-1": 40 }, generations: {}, restore: neverRestored, ...records };
    const config = configOf(settings);
    createLocalPlatform(config, endpointForNodes(config), given, newData());
    return engine;
}

/** What a preview shows of a machine. */
async function described(engine: MockPulumi, name: string): Promise<unknown> {
    const all = await engine.resources();
    return all.find((each) => each.type.endsWith(":LocalMachine") && each.name === `machines-${name}`)?.inputs;
}

async function triggersOf(engine: MockPulumi, name: string): Promise<readonly unknown[]> {
    const { triggers } = await containerOf(engine, name);
    return triggers as unknown[];
}

/** The inputs of the step that makes a machine. */
async function containerOf(engine: MockPulumi, name: string): Promise<Readonly<Record<string, unknown>>> {
    const all = await engine.resources();
    return all.find((each) => each.type.endsWith(":Command") && each.name === `machines-${name}`)?.inputs ?? {};
}
