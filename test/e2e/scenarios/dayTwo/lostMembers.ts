import { isSettled, underTraffic } from "../../support/change";
import { run } from "../../support/command";
import { isAt, killedAt, type Moment } from "../../support/interrupted";
import { allMembersVote, cluster } from "./sharedEtcd";

/** Those that weigh most come first. */
const moments: readonly Moment[] = [
    ["delete-replaced etcd-1-admit", 500],
    ["create-replacement etcd-1-join", 500],
    ["create-replacement machines-etcd-1", 500],
    ["create-replacement etcd-1-settle", 100],
    ["delete-replaced etcd-1-admit", 1500],
    ["delete-replaced etcd-1-settle", 10],
    ["delete-replaced machines-etcd-1", 200],
    ["create-replacement etcd-1-prepare", 1000],
    ["create-replacement etcd-1-admit", 300],
    ["create-replacement etcd-1-join", 1000],
];

/** How many of the moments; ten are all. */
const wanted = Number(process.env["E2E_KILLS"] ?? 2);

describe("another machine for a member of external etcd", () => {
    before(() => cluster.isStarted());

    beforeEach(async () => {
        cluster.configure({ replace: [] });
        await cluster.start().succeeds();
    });

    for (const [step, milliseconds] of moments.slice(0, wanted)) {
        it(`comes with the next up when the engine was killed ${milliseconds} ms into ${step}, and the API answers all the time`, async () => {
            await underTraffic(cluster.api, 5, async () => {
                cluster.configure({ replace: ["etcd-1"] });
                await killedAt(cluster, [step, milliseconds]);
                await cluster.start().succeeds();
            });

            await isSettled(cluster);
            await allMembersVote();
        });
    }

    it("comes with the next up when the one that came was lost for good, and the API answers all the time", async () => {
        await underTraffic(cluster.api, 5, async () => {
            cluster.configure({ replace: ["etcd-2"] });
            const update = cluster.start();
            await isAt(update, ["create-replacement etcd-2-join", 1000]);
            await run("docker", ["kill", cluster.container("etcd-2")]);
            await update.finished;
            await cluster.start("--replace", "**::machines-etcd-2").succeeds();
        });

        await isSettled(cluster);
        await allMembersVote();
    }).timeout(3_000_000);
});
