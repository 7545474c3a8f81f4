import { isSettled, underTraffic } from "./change";
import type { LocalCluster, Settings } from "./cluster";
import { killedAt, type Moment } from "./interrupted";

/** A change that any engine may die in. */
export interface KilledChange {
    readonly before: Settings;
    readonly change: Settings;
    /** When its engine is killed; those that weigh most come first. */
    readonly moments: readonly Moment[];
}

/** How many of the moments; ten are all. */
const wanted = Number(process.env["E2E_KILLS"] ?? 2);

/** One test for each moment: the engine is killed then, and the next update brings the change while the API answers. */
export function survivesKills(
    cluster: LocalCluster,
    { before: settings, change, moments }: KilledChange,
    hasCome: () => Promise<void>,
): void {
    beforeEach(async () => {
        await cluster.isStarted();
        cluster.configure(settings);
        await cluster.start().succeeds();
    });

    for (const [step, milliseconds] of moments.slice(0, wanted)) {
        it(`comes with the next up when the engine was killed ${milliseconds} ms into ${step}`, async () => {
            await underTraffic(cluster.api, 5, async () => {
                cluster.configure(change);
                await killedAt(cluster, [step, milliseconds]);
                await cluster.start().succeeds();
            });

            await isSettled(cluster);
            await hasCome();
        });
    }
}
