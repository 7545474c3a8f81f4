import { change } from "../../support/change";
import { cluster, controlPlanesAre } from "./shared";

const clusterSteps = ["declare", "load-balancer-haproxy"];

/** With fewer than three members, etcd has no quorum for a moment when one comes or goes. */
const gapOfFewMembers = 20;

describe("the number of control planes", () => {
    before(() => cluster.isStarted());

    const sizes: { from: number; to: number; changed: number[]; longestGapSeconds?: number }[] = [
        { from: 3, to: 5, changed: [4, 5] },
        { from: 5, to: 3, changed: [4, 5] },
        { from: 3, to: 1, changed: [2, 3], longestGapSeconds: gapOfFewMembers },
        { from: 1, to: 3, changed: [2, 3], longestGapSeconds: gapOfFewMembers },
    ];

    for (const { from, to, changed, ...limit } of sizes) {
        it(`goes from ${from} to ${to} by one edit`, async () => {
            const machines = changed.map((number) => `control-plane-${number}`);

            await change(cluster, { controlPlaneNodes: to }, { machines, clusterSteps, ...limit });

            await controlPlanesAre(Array.from({ length: to }, (_, index) => index + 1));
        });
    }
});
