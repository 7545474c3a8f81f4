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

/** The moments to be tried: "3" are the first three, "4-10" those after them up to the tenth, which is the last. */
const wanted = process.env["E2E_KILLS"] ?? "2";
const [, from = "1", to] = /^(?:(\d+)-)?(\d+)$/.exec(wanted) ?? [];
if (to === undefined) {
    throw new Error(`E2E_KILLS: ${wanted} is neither a number of kills nor a range of them, such as 4-10`);
}

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

    for (const [step, milliseconds] of moments.slice(Number(from) - 1, Number(to))) {
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
