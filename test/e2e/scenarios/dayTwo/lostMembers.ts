import { isSettled, underTraffic } from "../../support/change";
import { run } from "../../support/command";
import { allMembersVote } from "../../support/externalEtcd";
import { isAt } from "../../support/interrupted";
import { survivesKills } from "../../support/kills";
import { cluster } from "./sharedEtcd";

describe("another machine for a member of external etcd, with an engine that is killed", () => {
    survivesKills(
        cluster,
        {
            before: { replace: [] },
            change: { replace: ["etcd-1"] },
            moments: [
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
            ],
        },
        () => allMembersVote(cluster),
    );
});

describe("another machine for a member of external etcd, which is lost for good in the middle", () => {
    before(async () => {
        await cluster.isStarted();
        cluster.configure({ replace: [] });
        await cluster.start().succeeds();
    });

    it("is got over by the next up, and the API answers all the time", async () => {
        await underTraffic(cluster.api, 5, async () => {
            cluster.configure({ replace: ["etcd-2"] });
            const update = cluster.start();
            await isAt(update, ["create-replacement etcd-2-join", 1000]);
            await run("docker", ["kill", cluster.container("etcd-2")]);
            await update.finished;
            await cluster.start("--replace", "**::machines-etcd-2").succeeds();
        });

        await isSettled(cluster);
        await allMembersVote(cluster);
    }).timeout(3_000_000);
});
