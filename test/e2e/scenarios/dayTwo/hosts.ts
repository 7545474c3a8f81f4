import assert from "node:assert/strict";
import { change, changeWithLoadBalancer, isSettled } from "../../support/change";
import { newCluster } from "../../support/clusters";
import { type ExistingMachine, ExistingMachines } from "../../support/existingMachines";
import { containerSettings, encrypted, isClear } from "./sharedHosts";
import { dataOf, restore, write } from "./sharedRestore";

const stack = "e2e-hosts";
const machines = new ExistingMachines("existing-e2e", "172.31.250");
const cluster = newCluster(stack, {
    platform: "hosts",
    controlPlaneNodes: 3,
    workerNodes: 2,
    ...containerSettings,
});
const nodes = ["control-plane-1", "control-plane-2", "control-plane-3", "worker-1", "worker-2"];

describe("machines that are there", () => {
    let hosts: Record<string, ExistingMachine> = {};
    let spare: ExistingMachine;

    before(async () => {
        await machines.start();
        const made = await Promise.all(
            [11, 12, 13, 14, 15, 16, 17].map((number) => machines.make(number, number > 14 ? 2222 : undefined)),
        );
        hosts = Object.fromEntries(
            ["load-balancer", ...nodes].map((name, index) => [name, made[index] ?? assert.fail()]),
        );
        spare = made.at(-1) ?? assert.fail();
    });

    after(async () => {
        await cluster.stop();
        await machines.stop();
    });

    it("are refused while everybody can read their key", async () => {
        cluster.configure({ hosts, hostsKey: machines.key });

        assert.match(await cluster.pulumi("preview").fails(), /hostsKey: everybody can read it there/);
    });

    it("become a cluster that needs no second update", async () => {
        cluster.configure({ hostsKey: undefined });
        cluster.configure({ hostsKey: await encrypted(cluster, machines.key) });
        const predicted = await cluster.predictedSteps();
        const update = cluster.start();
        await update.succeeds();

        // A preview does not tell of the engine's own providers, which come with the first update.
        const done = update.events.operations().filter((step) => !/^create default(_|$)/.test(step));
        assert.deepEqual(done, predicted);
        await isSettled(cluster);
        assert.deepEqual(await cluster.readyNodes(), nodes);
    });

    it("are seen whole by the status", async () => {
        const { code, stdout } = await cluster.status();

        assert.equal(code, 0, stdout);
    });

    it("are no machines of a second stack", async () => {
        const other = newCluster(`${stack}-2`, { platform: "hosts", controlPlaneNodes: 1, workerNodes: 0 });
        other.configure({ hosts: { "load-balancer": spare, "control-plane-1": hosts["worker-1"] } });
        other.configure({ hostsKey: await encrypted(other, machines.key) });

        const output = await other.start().fails();

        assert.match(output, new RegExp(`it is a machine of the cluster ${stack} [0-9a-f]{16}`));
        await other.stop();
        assert.deepEqual(await cluster.readyNodes(), nodes);
        await isClear(machines, 17);
    });

    it("can be given in the place of another one, which is cleared", async () => {
        const { "worker-2": old } = hosts;
        hosts = { ...hosts, "worker-2": spare };

        await change(cluster, { hosts }, { machines: ["worker-2"] });

        assert.deepEqual(await cluster.readyNodes(), nodes);
        assert.equal(await addressOf("worker-2"), spare.address);
        await isClear(machines, 16);
        spare = old ?? assert.fail();
    });

    it("are cleared and join again, the first control plane too", async () => {
        await change(cluster, { replace: ["control-plane-1"] }, { machines: ["control-plane-1"] });

        assert.deepEqual(await cluster.readyNodes(), nodes);
        assert.equal((await cluster.etcdMembers("control-plane-2")).length, 3);
    });

    it("are cleared and set up again with the load balancer", async () => {
        await changeWithLoadBalancer(cluster, ["control-plane-2"]);

        assert.deepEqual(await cluster.readyNodes(), nodes);
    });

    it("can be dead when another one is given in their place", async () => {
        await machines.kill(14);
        hosts = { ...hosts, "control-plane-3": spare };

        await change(cluster, { hosts }, { machines: ["control-plane-3"], clusterSteps: ["load-balancer-haproxy"] });

        assert.deepEqual(await cluster.readyNodes(), nodes);
        assert.deepEqual(
            await cluster.etcdMembers(),
            nodes.slice(0, 3).map((name) => `${name} started`),
        );
    });

    it("are left as they are when somebody else uses them, and named", async () => {
        await machines.on(15, "systemctl is-active kubelet");
        const other = await machines.make(18);
        await machines.on(18, "install -D /dev/null /etc/kubernetes/kubelet.conf");
        cluster.configure({ workerNodes: 3, hosts: { ...hosts, "worker-3": other } });

        assert.match(await cluster.start().fails(), /there is \/etc\/kubernetes\/kubelet\.conf; it has another use/);

        cluster.configure({ workerNodes: 2, hosts });
        await cluster.start().succeeds();
        assert.equal(await machines.on(18, "ls /etc/kubernetes"), "kubelet.conf\n");
    });

    it("are all cleared, and a cluster again with the data of a snapshot, by a restore that has another load balancer", async () => {
        const { api } = cluster;
        await write(cluster, "before");
        const restoreFrom = await cluster.backup();
        await write(cluster, "after");
        // It is where nodes were taken out until now, and none of its keys opens the machine that has its address.
        hosts = { ...hosts, "load-balancer": await machines.make(11) };
        cluster.configure({ hosts });

        await restore(cluster, restoreFrom);

        assert.deepEqual(await cluster.readyNodes(), nodes);
        const data = await dataOf(api);
        assert.deepEqual([data.includes("before"), data.includes("after")], [true, false]);
        await isSettled(cluster);
    });

    it("are cleared when they are taken out, one by one and all at once", async () => {
        const { "worker-2": gone, ...others } = hosts;
        assert.ok(gone);
        await change(cluster, { workerNodes: 1, hosts: others }, { machines: ["worker-2"], clusterSteps: ["declare"] });
        await isClear(machines, 17);

        await cluster.stop();

        for (const number of [11, 12, 13, 15, 16]) {
            await isClear(machines, number);
        }
    });
});

async function addressOf(node: string): Promise<string> {
    return cluster.kubectl(["get", "node", node, "--output", "jsonpath={.status.addresses[0].address}"]);
}
