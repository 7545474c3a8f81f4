import assert from "node:assert/strict";
import { isSettled, underTraffic } from "../../support/change";
import { newCluster } from "../../support/clusters";
import { lines, run, waitFor } from "../../support/command";
import { isAt, killed, killedAt, type Moment } from "../../support/interrupted";
import { dataOf, snapshots, write } from "./sharedRestore";

const from = "1.36.4";
const to = "1.37.1";
const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

/** When an engine is killed, in the order of the steps; once more at a worker. */
const moments: readonly Moment[] = [
    ["create-replacement control-plane-1-prepare", 500],
    ["create-replacement control-plane-1-drain", 1000],
    ["create-replacement control-plane-1-settle", 2000],
    ["create-replacement control-plane-1-settle", 12_000],
    ["create-replacement control-plane-1-membership", 200],
    ["create-replacement control-plane-2-drain", 500],
    ["create-replacement control-plane-2-settle", 3000],
    ["create-replacement control-plane-2-settle", 10_000],
    ["create-replacement control-plane-2-membership", 200],
];

const cluster = newCluster("e2e-upgrade", {
    platform: "local",
    kubernetesVersion: from,
    controlPlaneNodes: 3,
    workerNodes: 2,
    localSubnet: "172.31.246.0/24",
    localApiPort: 27449,
});

describe(`an upgrade from ${from} to ${to}`, () => {
    before(async () => {
        await cluster.isStarted();
        await write(cluster, "before");
    });

    it("is refused in the preview together with new nodes", async () => {
        cluster.configure({ kubernetesVersion: to, workerNodes: 3 });

        const output = await cluster.pulumi("preview").fails();

        assert.match(output, /kubernetesVersion: an upgrade and new nodes \(worker-3\) cannot be one update/);
        cluster.configure({ workerNodes: 2 });
    });

    it("is taken back in the middle of a drain, after which the node takes pods as before", async () => {
        cluster.configure({ kubernetesVersion: to });
        await killed(cluster, ["create-replacement control-plane-1-drain", 0], firstIsCordoned);

        cluster.configure({ kubernetesVersion: from });
        await cluster.start().succeeds();

        assert.deepEqual(await kubelets(), allAt(from));
        await isSettled(cluster);
    });

    it("goes on where an engine was killed, ten times, and gets over a control plane that dies in the middle", async () => {
        cluster.configure({ kubernetesVersion: to });
        await underTraffic(cluster.api, 5, async () => {
            for (const moment of moments) {
                await killedAt(cluster, moment);
            }
            const update = cluster.start();
            await isAt(update, ["create-replacement control-plane-3-settle", 5000]);
            await run("docker", ["kill", cluster.container("control-plane-3")]);
            await update.fails();
            const another = ["--replace", "**::machines-control-plane-3"];
            await killedAt(cluster, ["create-replacement worker-1-drain", 1000], ...another);
            await cluster.start().succeeds();
        });

        await isSettled(cluster);
    }).timeout(3_600_000);

    it("has brought every kubelet, component and addon to the version, and lets all nodes take pods", async () => {
        assert.deepEqual(await kubelets(), allAt(to));
        assert.deepEqual(await images(), [
            "registry.k8s.io/coredns/coredns:v1.14.6",
            "registry.k8s.io/etcd:3.7.0-0",
            ...kubernetesImages(to),
        ]);
        assert.deepEqual(
            await cluster.etcdMembers(),
            controlPlanes.map((name) => `${name} started`),
        );
    });

    it("is taken back by a restore, over the cluster that lives, of the snapshot from before it", async () => {
        await write(cluster, "after");
        const [earliest = ""] = lines(await cluster.onMachine("control-plane-1", `ls ${snapshots}/*-before-v${to}.db`));
        const restoreFrom = await cluster.backup(`control-plane-1:${earliest}`);

        cluster.configure({ kubernetesVersion: from, restoreFrom });
        await cluster.start().succeeds();

        await isSettled(cluster);
        assert.deepEqual(await kubelets(), allAt(from));
        assert.deepEqual((await images()).slice(-4), kubernetesImages(from));
        const data = await dataOf(cluster.api);
        assert.deepEqual([data.includes("before"), data.includes("after")], [true, false]);
    });
});

async function firstIsCordoned(): Promise<void> {
    await waitFor("a node to be cordoned", 60, async () =>
        (await kubelets()).includes(`control-plane-1 v${from}true`) ? true : undefined,
    );
}

/** "name version" of each node, and whether it takes no pods. */
async function kubelets(): Promise<string[]> {
    const template =
        "jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion}{.spec.unschedulable}{'\\n'}{end}";
    return lines(await cluster.kubectl(["get", "nodes", "--output", template]));
}

/** Images of the pods of the cluster itself, each once. */
async function images(): Promise<string[]> {
    const template = "jsonpath={range .items[*]}{.spec.containers[0].image}{'\\n'}{end}";
    const pods = lines(await cluster.kubectl(["get", "pods", "--namespace", "kube-system", "--output", template]));
    return [...new Set(pods)].sort();
}

function allAt(version: string): string[] {
    return [...controlPlanes, "worker-1", "worker-2"].map((name) => `${name} v${version}`);
}

function kubernetesImages(version: string): string[] {
    return ["apiserver", "controller-manager", "proxy", "scheduler"].map(
        (name) => `registry.k8s.io/kube-${name}:v${version}`,
    );
}
