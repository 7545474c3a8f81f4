import assert from "node:assert/strict";
import type { ApiClient } from "./apiClient";
import type { LocalCluster, Settings } from "./cluster";
import { waitFor } from "./command";
import { Ledger } from "./ledger";
import { answeredWithin, Traffic } from "./traffic";

export interface Expectations {
    /** Nodes and other machines of which steps run; of no other machine does any. */
    readonly machines: readonly string[];
    /** Steps of the cluster as a whole that run, without the stack's name: declare, load-balancer-haproxy. */
    readonly clusterSteps?: readonly string[];
    /** How long the API may stay without an answer. @default 5 s, which takes three control planes */
    readonly longestGapSeconds?: number;
}

/**
 * Edits a stack and runs the update, and asserts what is promised of every change: the preview says which steps run,
 * only those of the named machines do, a second update has nothing to do, and meanwhile the API answers and loses
 * nothing that it acknowledged.
 */
export async function change(cluster: LocalCluster, settings: Settings, expected: Expectations): Promise<void> {
    cluster.configure(settings);
    const predicted = await cluster.predictedSteps();
    const update = await underTraffic(cluster.api, expected.longestGapSeconds ?? 5, async () => {
        const run = cluster.start();
        await run.succeeds();
        return run;
    });

    assert.deepEqual(update.events.operations(), predicted);
    assertTouched(cluster.stack, update.events.work(), expected);
    await isSettled(cluster);
}

/** The same for the load balancer and nodes that are made anew with it, while the API gives no answer. */
export async function changeWithLoadBalancer(cluster: LocalCluster, nodes: readonly string[]): Promise<void> {
    cluster.configure({ replace: ["load-balancer", ...nodes] });
    const predicted = await cluster.predictedSteps();
    const update = cluster.start();
    await update.succeeds();

    assert.deepEqual(update.events.operations(), predicted);
    const ofNodes = update.events.work().flatMap((step) => /(?:control-plane|worker)-\d+/.exec(step) ?? []);
    assert.deepEqual([...new Set(ofNodes)].sort(), [...nodes].sort());
    await isSettled(cluster);
}

/** Asserts that an update of a stack as it is has nothing to do. */
export async function isSettled(cluster: LocalCluster): Promise<void> {
    const again = cluster.pulumi("up");
    await again.succeeds();
    assert.deepEqual(again.events.work(), []);
}

/** Waits until no API server answers. */
export async function isSilent(cluster: LocalCluster): Promise<void> {
    await waitFor("no API server to answer", 120, () =>
        cluster.kubectl(["get", "--raw", "/readyz"]).then(
            () => undefined,
            () => true,
        ),
    );
}

/** Does something while the API is read and written all the time, and asserts that it answered and lost nothing. */
export async function underTraffic<T>(api: ApiClient, longestGapSeconds: number, work: () => Promise<T>): Promise<T> {
    const began = Date.now();
    const traffic = await Traffic.start(api);
    const ledger = await Ledger.start(api);
    let answers;
    let result;
    try {
        result = await work();
    } finally {
        answers = await traffic.stop();
        await ledger.stop();
    }
    console.log(`      ${seconds(began)} s; ${answeredWithin(longestGapSeconds, answers)}`);
    return result;
}

function assertTouched(stack: string, work: readonly string[], { machines, clusterSteps = [] }: Expectations): void {
    const names = work.map((step) => step.slice(step.indexOf(" ") + 1));
    const ofMachines = names.map(machineOf).filter((machine) => machine !== undefined);
    const ofCluster = names.filter((name) => machineOf(name) === undefined);

    assert.deepEqual([...new Set(ofMachines)].sort(), [...machines].sort());
    assert.deepEqual([...new Set(ofCluster)].sort(), clusterSteps.map((step) => `${stack}-${step}`).sort());
}

/** The machine that a step is about: machines-worker-1 and worker-1-join are about worker-1. */
function machineOf(step: string): string | undefined {
    return /^(?:machines-)?([a-z-]+-\d+)(?:-[a-z-]+)?$/.exec(step)?.[1];
}

function seconds(since: number): number {
    return Math.round((Date.now() - since) / 1000);
}
