import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { isSettled } from "../../support/change";
import { project } from "../../support/cluster";
import { newCluster } from "../../support/clusters";
import { pause, run, waitFor } from "../../support/command";
import { killTree } from "../../support/processes";

const cluster = newCluster("e2e-backup", {
    platform: "local",
    controlPlaneNodes: 3,
    workerNodes: 1,
    localSubnet: "172.31.245.0/24",
    localApiPort: 36445,
});
const onMachine = "/var/lib/pulumi-kubeadm/etcd-snapshots";
const configMaps = "/api/v1/namespaces/default/configmaps";
const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

describe("a cluster that is lost", () => {
    before(() => cluster.isStarted());

    after(() => cluster.stop());

    it("is as its snapshot on new machines, with all of its machines lost", async () => {
        // What this client knows of the CA and of itself is from before the loss.
        const { api } = cluster;
        await write("before");
        const taken = await cluster.backup();
        await write("after");
        rmSync(join(project, taken));
        const restoreFrom = await cluster.backup(`control-plane-1:${onMachine}/${basename(taken)}`);
        assert.equal(restoreFrom, taken);
        await lose(...(await cluster.machines()));

        await restore(restoreFrom);

        assert.deepEqual(await dataOf(api), ["before"]);
    });

    it("is left alone when the snapshot is gone, and when it is named no longer", async () => {
        rmSync(join(project, ".state", cluster.stack, "backups"), { recursive: true });
        await isSettled(cluster);

        cluster.configure({ restoreFrom: undefined });
        await isSettled(cluster);

        assert.deepEqual(await dataOf(), ["before"]);
    });

    it("is left alone when the path is that of no snapshot", async () => {
        cluster.configure({ restoreFrom: "README.md" });

        const output = await cluster.pulumi("preview").fails();

        assert.match(output, /restoreFrom: README\.md is not a snapshot of etcd/);
    });

    it("has what was written last when one control plane is left of three, with an engine that is killed", async () => {
        const { api } = cluster;
        await write("last");
        // Until the members that are not the leader know that it is written.
        await pause(2000);
        await lose("control-plane-1", "control-plane-2");
        await waitFor("the API to be lost", 120, () =>
            dataOf(api).then(
                () => undefined,
                () => true,
            ),
        );
        const restoreFrom = await cluster.backup();

        cluster.configure({ restoreFrom });
        await killDuring(`create-replacement ${cluster.stack}-init`, 4000);
        await cluster.start().succeeds();

        await isWhole();
        assert.deepEqual(await dataOf(api), ["before", "last"]);
    });
});

async function write(name: string): Promise<void> {
    await cluster.api.apply(`${configMaps}/${name}`, { apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
}

/** What was written and is there. */
async function dataOf(api = cluster.api): Promise<string[]> {
    // A list as the API gives it.
    const { items } = JSON.parse(await api.get(configMaps)) as { items: readonly { metadata: { name: string } }[] };
    const names = items.map(({ metadata }) => metadata.name);
    return names.filter((name) => name !== "kube-root-ca.crt").sort();
}

/** For good: with their disks. */
async function lose(...machines: readonly string[]): Promise<void> {
    await run("docker", ["rm", "--force", "--volumes", ...machines.map((machine) => cluster.container(machine))]);
}

/** Edits the stack and runs the update, and asserts that it makes what the preview said, and all of the cluster. */
async function restore(restoreFrom: string): Promise<void> {
    const began = Date.now();
    cluster.configure({ restoreFrom });
    const predicted = await cluster.predictedSteps();
    const update = cluster.start();
    await update.succeeds();
    console.log(`      ${Math.round((Date.now() - began) / 1000)} s with its preview`);

    assert.deepEqual(update.events.operations(), predicted);
    await isWhole();
}

/** An update whose engine is killed a while after a step, "op name", began. */
async function killDuring(step: string, milliseconds: number): Promise<void> {
    const update = cluster.start();
    await waitFor(`the step ${step} to begin`, 600, () =>
        update.events.steps().some(({ op, name }) => `${op} ${name}` === step) ? true : undefined,
    );
    await pause(milliseconds);
    const pid = cluster.enginePid();
    assert.ok(pid);
    killTree(pid);
    await update.fails();
}

async function isWhole(): Promise<void> {
    assert.deepEqual(await cluster.readyNodes(), [...controlPlanes, "worker-1"]);
    assert.deepEqual(
        await cluster.etcdMembers(),
        controlPlanes.map((name) => `${name} started`),
    );
    await isSettled(cluster);
}
