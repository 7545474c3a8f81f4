import assert from "node:assert/strict";
import { change, isSettled, underTraffic } from "../../support/change";
import { newCluster } from "../../support/clusters";
import { lines, run } from "../../support/command";
import { allMembersVote } from "../../support/externalEtcd";
import { killedAt } from "../../support/interrupted";

const cluster = newCluster("e2e-etcd-size", {
    platform: "local",
    etcd: "external",
    etcdNodes: 1,
    controlPlaneNodes: 3,
    workerNodes: 0,
    localSubnet: "172.31.249.0/24",
    localApiPort: 27449,
});
const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

describe("the number of members of external etcd", () => {
    before(() => cluster.isStarted());

    it("goes from 1 to 5 by one edit", async () => {
        await resize(5);

        await isOf(5);
    });

    it("goes from 5 to 3 when the machine of one that leaves is dead", async () => {
        await run("docker", ["kill", cluster.container("etcd-5")]);

        await resize(3, 5);

        await isOf(3);
    });

    it("goes from 3 to 5 and back to 3 with an engine that is killed in each", async () => {
        await underTraffic(cluster.api, 5, async () => {
            cluster.configure({ etcdNodes: 5 });
            await killedAt(cluster, ["create etcd-4-join", 1000]);
            await cluster.start().succeeds();
            await isOf(5);

            cluster.configure({ etcdNodes: 3 });
            await killedAt(cluster, ["delete etcd-4-admit", 500]);
            await cluster.start().succeeds();
        });

        await isSettled(cluster);
        await isOf(3);
    });

    it("goes from 3 to 1", async () => {
        await resize(1, 3);

        await isOf(1);
    });
});

/** Every member and every control plane takes note, of those that come and go too. */
async function resize(to: number, most = to): Promise<void> {
    const expected = { machines: [...controlPlanes, ...names(most)], clusterSteps: ["upgrade-gate"] };
    await change(cluster, { etcdNodes: to }, expected);
}

/** Asserts that these are the members, and that each API server and later ones know them and no others. */
async function isOf(size: number): Promise<void> {
    await allMembersVote(cluster, names(size));
    const urls = names(size).map((name) => `https://172.31.249.3${name.slice(-1)}:2379`);
    for (const node of controlPlanes) {
        const flag = "sed -n 's/.*--etcd-servers=//p' /etc/kubernetes/manifests/kube-apiserver.yaml";
        assert.deepEqual(lines(await cluster.onMachine(node, flag)), [urls.join(",")], node);
    }
    const template = "jsonpath={.data.ClusterConfiguration}";
    const noted = await cluster.kubectl(["-n", "kube-system", "get", "cm", "kubeadm-config", "--output", template]);
    // kubeadm notes them for each kind of call.
    assert.deepEqual([...new Set(noted.match(/https:\S+:2379/g))], urls);
}

function names(size: number): string[] {
    return Array.from({ length: size }, (_, index) => `etcd-${index + 1}`);
}
