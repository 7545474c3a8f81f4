import assert from "node:assert/strict";
import { isSettled, underTraffic } from "../../support/change";
import { waitFor } from "../../support/command";
import { killed, killedAt, type Moment } from "../../support/interrupted";
import { survivesKills, type KilledChange } from "../../support/kills";
import { cluster, controlPlanesAre } from "./shared";

interface ChangeOfNodes extends Omit<KilledChange, "before"> {
    readonly title: string;
    readonly workers: readonly string[];
}

const all = ["control-plane-1", "control-plane-2", "control-plane-3"];
/** What the cluster is before each change, whatever the one before it has left. */
const unchanged = { workerNodes: 3, replace: [], withoutNodes: [] };

const changes: readonly ChangeOfNodes[] = [
    {
        title: "another machine for the first control plane",
        change: { replace: ["control-plane-1"] },
        workers: ["worker-1", "worker-2", "worker-3"],
        moments: [
            ["delete-replaced control-plane-1-admit", 1500],
            ["create-replacement control-plane-1-join", 3000],
            ["create-replacement control-plane-1-join", 8000],
            ["create-replacement control-plane-1-membership", 100],
            ["delete-replaced control-plane-1-membership", 100],
            ["delete-replaced machines-control-plane-1", 200],
            ["create-replacement machines-control-plane-1", 500],
            ["create-replacement control-plane-1-prepare", 1000],
            ["create-replacement control-plane-1-admit", 300],
            ["create-replacement control-plane-1-settle", 1000],
        ],
    },
    {
        title: "a worker that is taken out",
        change: { withoutNodes: ["worker-2"] },
        workers: ["worker-1", "worker-3"],
        moments: [
            ["delete worker-2-admit", 100],
            ["delete worker-2-admit", 1500],
            ["create-replacement e2e-day2-declare", 300],
            ["delete worker-2-membership", 10],
            ["delete worker-2-settle", 10],
            ["delete worker-2-join", 10],
            ["delete worker-2-admit", 500],
            ["delete worker-2-admit", 1000],
            ["delete worker-2-admit", 3000],
            ["delete machines-worker-2", 200],
        ],
    },
    {
        title: "other machines for all control planes",
        change: { replace: all },
        workers: ["worker-1", "worker-2", "worker-3"],
        moments: [
            ["delete-replaced control-plane-1-admit", 4000],
            ["create-replacement control-plane-2-join", 4000],
            ["create-replacement control-plane-3-join", 2000],
            ["delete-replaced control-plane-3-admit", 1000],
            ["create-replacement machines-control-plane-2", 500],
            ["create-replacement machines-control-plane-3", 500],
            ["create-replacement control-plane-1-prepare", 1000],
            ["create-replacement control-plane-1-join", 5000],
            ["create-replacement control-plane-2-settle", 500],
            ["create-replacement control-plane-3-settle", 1000],
        ],
    },
];

for (const { title, workers, ...change } of changes) {
    describe(`${title}, with an engine that is killed`, () => {
        survivesKills(cluster, { before: unchanged, ...change }, async () => {
            await controlPlanesAre([1, 2, 3]);
            assert.deepEqual(
                (await cluster.readyNodes()).filter((name) => name.startsWith("worker-")),
                workers,
            );
        });
    });
}

describe("another machine for a control plane that is taken back in the middle", () => {
    before(async () => {
        await cluster.isStarted();
        cluster.configure({ replace: [] });
        await cluster.start().succeeds();
    });

    const moments: readonly { title: string; moment: Moment }[] = [
        { title: "leaves the control plane a member again", moment: ["delete-replaced control-plane-3-token", 10] },
        {
            title: "leaves it a member again, on another machine, when the engine was ending the one that it had",
            moment: ["delete-replaced machines-control-plane-3", 300],
        },
    ];
    for (const { title, moment } of moments) {
        it(title, () => isTakenBack(() => killedAt(cluster, moment)));
    }

    it("leaves it a member again when its Node was deleted and its eviction had not ended", async () => {
        const isGone = async () => !(await cluster.readyNodes()).includes("control-plane-3") || undefined;

        await isTakenBack(() =>
            killed(cluster, ["delete-replaced control-plane-3-admit", 0], () =>
                waitFor("the Node to be deleted", 120, isGone),
            ),
        );
    });
});

/** Replaces the third control plane, has the engine killed in it, takes the edit back, and asserts that all are members. */
async function isTakenBack(kill: () => Promise<void>): Promise<void> {
    await underTraffic(cluster.api, 5, async () => {
        cluster.configure({ replace: ["control-plane-3"] });
        await kill();
        cluster.configure({ replace: [] });
        await cluster.start().succeeds();
    });

    await isSettled(cluster);
    await controlPlanesAre([1, 2, 3]);
}
