import assert from "node:assert/strict";
import { isSettled, underTraffic } from "../../support/change";
import { newCluster } from "../../support/clusters";
import { run } from "../../support/command";
import { isAt, killedAt, type Moment } from "../../support/interrupted";

const from = "1.36.4";
const to = "1.37.1";
const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

/** When an engine is killed, in the order of the steps; once more at a worker. */
const moments: readonly Moment[] = [
    ["update control-plane-1-prepare", 500],
    ["update control-plane-1-drain", 1000],
    ["update control-plane-1-settle", 2000],
    ["update control-plane-1-settle", 12_000],
    ["update control-plane-1-membership", 200],
    ["update control-plane-2-drain", 500],
    ["update control-plane-2-settle", 3000],
    ["update control-plane-2-settle", 10_000],
    ["update control-plane-2-membership", 200],
];

const cluster = newCluster("e2e-upgrade", {
    platform: "local",
    kubernetesVersion: from,
    controlPlaneNodes: 3,
    workerNodes: 2,
    localSubnet: "172.31.246.0/24",
    localApiPort: 36449,
});

describe(`an upgrade from ${from} to ${to}`, () => {
    before(() => cluster.isStarted());

    it("is refused in the preview together with new nodes", async () => {
        cluster.configure({ kubernetesVersion: to, workerNodes: 3 });

        const output = await cluster.pulumi("preview").fails();

        assert.match(output, /kubernetesVersion: an upgrade and new nodes \(worker-3\) cannot be one update/);
        cluster.configure({ workerNodes: 2 });
    });

    it("goes on where an engine was killed, ten times, and gets over a control plane that dies in the middle", async () => {
        await underTraffic(cluster.api, 5, async () => {
            for (const moment of moments) {
                await killedAt(cluster, moment);
            }
            const update = cluster.start();
            await isAt(update, ["update control-plane-3-settle", 5000]);
            await run("docker", ["kill", cluster.container("control-plane-3")]);
            await update.fails();
            const another = ["--replace", "**::machines-control-plane-3"];
            await killedAt(cluster, ["update worker-1-drain", 1000], ...another);
            await cluster.start().succeeds();
        });

        await isSettled(cluster);
    }).timeout(3_600_000);

    it("has brought every kubelet, component and addon to the version, and lets all nodes take pods", async () => {
        const kubelets =
            "jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion}{.spec.unschedulable}{'\\n'}{end}";
        const images = "jsonpath={range .items[*]}{.spec.containers[0].image}{'\\n'}{end}";

        const nodes = lines(await cluster.kubectl(["get", "nodes", "--output", kubelets]));
        const pods = lines(await cluster.kubectl(["get", "pods", "--namespace", "kube-system", "--output", images]));

        assert.deepEqual(
            nodes,
            [...controlPlanes, "worker-1", "worker-2"].map((name) => `${name} v${to}`),
        );
        assert.deepEqual([...new Set(pods)].sort(), [
            "registry.k8s.io/coredns/coredns:v1.14.6",
            "registry.k8s.io/etcd:3.7.0-0",
            ...["apiserver", "controller-manager", "proxy", "scheduler"].map(
                (name) => `registry.k8s.io/kube-${name}:v${to}`,
            ),
        ]);
        assert.deepEqual(
            await cluster.etcdMembers(),
            controlPlanes.map((name) => `${name} started`),
        );
    });
});

function lines(text: string): string[] {
    return text.trim().split("\n");
}
