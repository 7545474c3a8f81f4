import assert from "node:assert/strict";
import { isSettled, underTraffic } from "../../support/change";
import type { Settings } from "../../support/cluster";
import { run } from "../../support/command";
import { isAt, type Moment } from "../../support/interrupted";
import { cluster, controlPlanesAre } from "./shared";

interface Loss {
    readonly title: string;
    readonly before: Settings;
    readonly change: Settings;
    readonly machine: string;
    readonly moment: Moment;
    /** What the next update is told about the machine. */
    readonly flags: readonly string[];
    readonly workers: readonly string[];
}

const losses: readonly Loss[] = [
    {
        title: "the machine that comes for the first control plane",
        before: { replace: [] },
        change: { replace: ["control-plane-1"] },
        machine: "control-plane-1",
        moment: ["create-replacement control-plane-1-join", 4000],
        flags: ["--replace", "**::machines-control-plane-1"],
        workers: ["worker-1", "worker-2", "worker-3"],
    },
    {
        title: "a machine that comes when all control planes get another",
        before: { replace: [] },
        change: { replace: ["control-plane-1", "control-plane-2", "control-plane-3"] },
        machine: "control-plane-2",
        moment: ["create-replacement control-plane-2-join", 4000],
        flags: ["--replace", "**::machines-control-plane-2"],
        workers: ["worker-1", "worker-2", "worker-3"],
    },
    {
        title: "a worker that is being taken out",
        before: { withoutNodes: [] },
        change: { withoutNodes: ["worker-2"] },
        machine: "worker-2",
        moment: ["delete worker-2-admit", 500],
        flags: [],
        workers: ["worker-1", "worker-3"],
    },
];

for (const { title, before: settings, change, machine, moment, flags, workers } of losses) {
    describe(`${title} and is lost for good in the middle`, () => {
        before(async () => {
            await cluster.isStarted();
            cluster.configure({ workerNodes: 3, ...settings });
            await cluster.start().succeeds();
        });

        it("is got over by the next up, and the API answers all the time", async () => {
            await underTraffic(cluster.api, 5, async () => {
                cluster.configure(change);
                const update = cluster.start();
                await isAt(update, moment);
                await run("docker", ["kill", cluster.container(machine)]);
                await update.finished;
                await cluster.start(...flags).succeeds();
            });

            await isSettled(cluster);
            await controlPlanesAre([1, 2, 3]);
            assert.deepEqual(
                (await cluster.readyNodes()).filter((name) => name.startsWith("worker-")),
                workers,
            );
        }).timeout(3_000_000);
    });
}
