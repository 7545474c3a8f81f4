import assert from "node:assert/strict";
import type { EngineRun, LocalCluster } from "./cluster";
import { pause, waitFor } from "./command";
import { killTree } from "./processes";

/** A step that has begun, as "op name", and for how many milliseconds. */
export type Moment = readonly [string, number];

/** An update, with flags, whose engine is killed at a moment. */
export async function killedAt(cluster: LocalCluster, moment: Moment, ...flags: readonly string[]): Promise<void> {
    await killed(cluster, moment, () => Promise.resolve(), ...flags);
}

/** The same, with something done right before. */
export async function killed(
    cluster: LocalCluster,
    [step, milliseconds]: Moment,
    doFirst: () => Promise<unknown>,
    ...flags: readonly string[]
): Promise<void> {
    const update = cluster.start(...flags);
    await isAt(update, [step, milliseconds]);
    await doFirst();
    const pid = cluster.enginePid();
    assert.ok(pid, `the update was over before it was ${milliseconds} ms into ${step}`);
    killTree(pid);
    await update.fails();
}

/** Waits until an update is at a moment, or over. */
export async function isAt(update: EngineRun, [step, milliseconds]: Moment): Promise<void> {
    let isOver = false;
    void update.finished.then(() => (isOver = true));
    await waitFor(`the step ${step} to begin`, 900, () =>
        isOver || update.events.steps().some(({ op, name }) => `${op} ${name}` === step) ? true : undefined,
    );
    await pause(milliseconds);
}
