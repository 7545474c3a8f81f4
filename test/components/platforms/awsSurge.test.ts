import assert from "node:assert/strict";
import { createPlatform, type MachineRecords } from "../../../components/platforms/createPlatform";
import type { Platform } from "../../../components/platforms/platform";
import { nodeName } from "../../../components/platforms/awsMachines";
import { isDnsLabel } from "../../../config/names";
import { neverRestored } from "../../../changes/restores";
import { awsOutputs, awsResults, zones } from "../../support/awsOutputs";
import { configOf } from "../../support/configOf";
import { newData } from "../../support/firstUpdate";
import { type MockPulumi, mockPulumi, valueOf } from "../../support/mockPulumi";

describe("another machine on platform aws", () => {
    it("comes before the one that it replaces goes, with its records and its place behind the load balancers", async () => {
        const { engine } = await make({ etcd: "stacked" });

        assert.deepEqual(await goingFirst(engine), ofMachine("bastion"));
    });

    it("comes after it, where its address is what the other members of etcd know it by", async () => {
        const { engine } = await make({ etcd: "external" });

        assert.deepEqual(await goingFirst(engine), [
            ...ofMachine("bastion"),
            ...["etcd-1", "etcd-2", "etcd-3"].flatMap(ofMachine),
        ]);
    });

    it("comes after it in a restore: the cluster that is given up must not answer meanwhile", async () => {
        const { engine, platform } = await make({ etcd: "stacked" }, { isRestored: true });

        assert.deepEqual(await goingFirst(engine), [
            "machines-api-control-plane-1",
            "machines-api-public-control-plane-1",
            ...["bastion", "control-plane-1", "worker-1"].flatMap(ofMachine),
        ]);
        assert.deepEqual(
            platform.machines.map(({ surges }) => surges),
            [false, false],
        );
    });

    it("is another node than the one that it replaces, and the same member of external etcd", async () => {
        const { platform } = await make({ etcd: "external" });
        const names = platform.machines.map(async (machine) => [
            machine.name,
            machine.nodeName === undefined ? undefined : await valueOf(machine.nodeName),
        ]);

        assert.deepEqual(await Promise.all(names), [
            ["etcd-1", undefined],
            ["etcd-2", undefined],
            ["etcd-3", undefined],
            ["control-plane-1", "control-plane-1-i-1-id"],
            ["worker-1", "worker-1-i-1-id"],
        ]);
    });

    it("has a name as node that says its place and the end of its instance's id, and is a DNS label", () => {
        const longestPool = "a".repeat(50);

        assert.equal(nodeName("control-plane-1", "i-0123456789abcdef0"), "control-plane-1-icdef0");
        assert.equal(isDnsLabel(nodeName(`${longestPool}-99999`, "i-0123456789abcdef0")), true);
    });
});

async function make(
    given: Record<string, unknown>,
    records: Partial<MachineRecords> = {},
): Promise<{ engine: MockPulumi; platform: Platform }> {
    const engine = await mockPulumi({ outputs: awsOutputs, results: awsResults() });
    const config = configOf({
        platform: "aws",
        awsZones: zones,
        awsAllowedCidrs: ["203.0.113.7/32"],
        awsPublicEndpoint: true,
        controlPlaneNodes: 1,
        workerNodes: 1,
        ...given,
    });
    const none = { hosts: {}, generations: {}, restore: neverRestored };
    const platform = await createPlatform(config, { ...none, ...records }, newData());
    return { engine, platform };
}

/** What goes before what replaces it is made. */
async function goingFirst(engine: MockPulumi): Promise<string[]> {
    const resources = await engine.resources();
    const machines = resources.filter(({ name }) => name.startsWith("machines-"));
    return machines.filter(({ options }) => options.deleteBeforeReplace).map(({ name }) => name);
}

/** A machine and what it was born with. */
function ofMachine(name: string): string[] {
    return [`machines-${name}`, `machines-${name}-image`, `machines-${name}-user-data`];
}
