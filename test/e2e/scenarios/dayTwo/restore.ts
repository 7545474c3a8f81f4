import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { isSettled } from "../../support/change";
import { project } from "../../support/cluster";
import { newCluster } from "../../support/clusters";
import { killedAt } from "../../support/interrupted";
import { dataOf, lose, loseQuorum, restore, snapshots, write } from "./sharedRestore";

const cluster = newCluster("e2e-backup", {
    platform: "local",
    controlPlaneNodes: 3,
    workerNodes: 1,
    localSubnet: "172.31.245.0/24",
    localApiPort: 27445,
});
const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

describe("a cluster that is lost", () => {
    before(() => cluster.isStarted());

    after(() => cluster.stop());

    it("is as its snapshot on new machines, with all of its machines lost", async () => {
        // What this client knows of the CA and of itself is from before the loss.
        const { api } = cluster;
        await write(cluster, "before");
        const taken = await cluster.backup();
        await write(cluster, "after");
        rmSync(join(project, taken));
        const restoreFrom = await cluster.backup(`control-plane-1:${snapshots}/${basename(taken)}`);
        assert.equal(restoreFrom, taken);
        await lose(cluster, ...(await cluster.machines()));

        await restore(cluster, restoreFrom);

        await isWhole();
        assert.deepEqual(await dataOf(api), ["before"]);
    });

    it("is left alone when the snapshot is gone, and when it is named no longer", async () => {
        rmSync(join(project, ".state", cluster.stack, "backups"), { recursive: true });
        await isSettled(cluster);

        cluster.configure({ restoreFrom: undefined });
        await isSettled(cluster);

        assert.deepEqual(await dataOf(cluster.api), ["before"]);
    });

    it("is left alone when the path is that of no snapshot", async () => {
        cluster.configure({ restoreFrom: "README.md" });

        const output = await cluster.pulumi("preview").fails();

        assert.match(output, /restoreFrom: README\.md is not a snapshot of etcd/);
    });

    it("has what was written last when one control plane is left of three, with an engine that is killed", async () => {
        const { api } = cluster;
        await loseQuorum(cluster, "control-plane-1", "control-plane-2");
        const restoreFrom = await cluster.backup();

        cluster.configure({ restoreFrom });
        await killedAt(cluster, [`create-replacement ${cluster.stack}-init`, 4000]);
        await cluster.start().succeeds();

        await isWhole();
        assert.deepEqual(await dataOf(api), ["before", "last"]);
    });
});

async function isWhole(): Promise<void> {
    assert.deepEqual(await cluster.readyNodes(), [...controlPlanes, "worker-1"]);
    assert.deepEqual(
        await cluster.etcdMembers(),
        controlPlanes.map((name) => `${name} started`),
    );
    await isSettled(cluster);
}
