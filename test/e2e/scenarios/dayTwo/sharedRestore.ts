import assert from "node:assert/strict";
import type { ApiClient } from "../../support/apiClient";
import type { LocalCluster } from "../../support/cluster";
import { pause, run, waitFor } from "../../support/command";

/** Where machines keep theirs. */
export const snapshots = "/var/lib/pulumi-kubeadm/etcd-snapshots";
const configMaps = "/api/v1/namespaces/default/configmaps";

export async function write({ api }: LocalCluster, name: string): Promise<void> {
    await api.apply(`${configMaps}/${name}`, { apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
}

/** What was written and is there. */
export async function dataOf(api: ApiClient): Promise<string[]> {
    // A list as the API gives it.
    const { items } = JSON.parse(await api.get(configMaps)) as { items: readonly { metadata: { name: string } }[] };
    const names = items.map(({ metadata }) => metadata.name);
    return names.filter((name) => name !== "kube-root-ca.crt").sort();
}

/** For good: with their disks. */
export async function lose(cluster: LocalCluster, ...machines: readonly string[]): Promise<void> {
    await run("docker", ["rm", "--force", "--volumes", ...machines.map((machine) => cluster.container(machine))]);
}

/** Loses machines without which etcd has no quorum, just after something was written. */
export async function loseQuorum(cluster: LocalCluster, ...machines: readonly string[]): Promise<void> {
    const { api } = cluster;
    await write(cluster, "last");
    // Until the members that are not the leader know that it is written.
    await pause(2000);
    await lose(cluster, ...machines);
    await waitFor("the API to be lost", 120, () =>
        dataOf(api).then(
            () => undefined,
            () => true,
        ),
    );
}

/** Edits the stack and runs the update, and asserts that it makes what the preview said. */
export async function restore(cluster: LocalCluster, restoreFrom: string): Promise<void> {
    const began = Date.now();
    cluster.configure({ restoreFrom });
    const predicted = await cluster.predictedSteps();
    const update = cluster.start();
    await update.succeeds();
    console.log(`      ${Math.round((Date.now() - began) / 1000)} s with its preview`);

    assert.deepEqual(update.events.operations(), predicted);
}
