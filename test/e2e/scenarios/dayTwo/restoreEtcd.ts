import assert from "node:assert/strict";
import { isSettled } from "../../support/change";
import { newCluster } from "../../support/clusters";
import { allMembersVote } from "../../support/externalEtcd";
import { killedAt } from "../../support/interrupted";
import { dataOf, lose, loseQuorum, restore, write } from "./sharedRestore";

const cluster = newCluster("e2e-etcd-backup", {
    platform: "local",
    etcd: "external",
    etcdNodes: 3,
    controlPlaneNodes: 1,
    workerNodes: 1,
    localSubnet: "172.31.248.0/24",
    localApiPort: 27450,
});

describe("external etcd that is lost", () => {
    before(() => cluster.isStarted());

    it("is as its snapshot on new machines, with all of the cluster's machines lost", async () => {
        // What this client knows of the CA and of itself is from before the loss.
        const { api } = cluster;
        await write(cluster, "before");
        const restoreFrom = await cluster.backup();
        await write(cluster, "after");
        await lose(cluster, ...(await cluster.machines()));

        await restore(cluster, restoreFrom);

        await isWhole();
        assert.deepEqual(await dataOf(api), ["before"]);
    });

    it("has what was written last when one member is left of three, with an engine that is killed twice", async () => {
        const { api } = cluster;
        await loseQuorum(cluster, "etcd-1", "etcd-2");
        const restoreFrom = await cluster.backup();

        cluster.configure({ restoreFrom });
        await killedAt(cluster, [`create-replacement ${cluster.stack}-etcd-init`, 700]);
        await killedAt(cluster, [`create-replacement ${cluster.stack}-init`, 3000]);
        await cluster.start().succeeds();

        await isWhole();
        assert.deepEqual(await dataOf(api), ["before", "last"]);
    });
});

async function isWhole(): Promise<void> {
    assert.deepEqual(await cluster.readyNodes(), ["control-plane-1", "worker-1"]);
    await allMembersVote(cluster);
    await isSettled(cluster);
}
