import type { ApiClient } from "../../support/apiClient";
import type { LocalCluster } from "../../support/cluster";
import { run, waitFor } from "../../support/command";

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

export async function apiIsLost(api: ApiClient): Promise<void> {
    await waitFor("the API to be lost", 120, () =>
        dataOf(api).then(
            () => undefined,
            () => true,
        ),
    );
}
