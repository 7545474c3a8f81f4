import assert from "node:assert/strict";
import type { Snapshots } from "../../../status/report";
import { findings } from "../../support/findings";
import { now } from "../../support/seenCluster";

const name = "control-plane-2";
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

describe("the rule of snapshots", () => {
    const table: { title: string; snapshots: Snapshots | undefined; expected: string[] }[] = [
        {
            title: "tells a schedule that does not run",
            snapshots: { schedule: "inactive", lastRun: "success", newest: undefined },
            expected: [`wrong, snapshots, ${name}: the schedule of etcd's snapshots does not run (inactive)`],
        },
        {
            title: "tells a run that failed",
            snapshots: { schedule: "active", lastRun: "exit-code", newest: undefined },
            expected: [`wrong, snapshots, ${name}: the last scheduled snapshot of etcd failed (exit-code)`],
        },
        {
            title: "tells a newest one of longer ago than any schedule has it",
            snapshots: { schedule: "active", lastRun: "success", newest: hoursAgo(27) },
            expected: [`wrong, snapshots, ${name}: the newest snapshot of etcd is 27 hours old, and its schedule runs`],
        },
        {
            title: "says nothing of one that is a day old",
            snapshots: { schedule: "active", lastRun: "success", newest: hoursAgo(25) },
            expected: [],
        },
        {
            title: "says nothing of snapshots without a schedule",
            snapshots: { schedule: "", lastRun: "", newest: new Date("2025-01-01T00:00:00Z") },
            expected: [],
        },
        { title: "says nothing where none was ever taken", snapshots: undefined, expected: [] },
    ];
    table.forEach(({ title, snapshots, expected }) => {
        it(title, () => {
            assert.deepEqual(findings({ machines: { [name]: { snapshots } } }), expected);
        });
    });
});
