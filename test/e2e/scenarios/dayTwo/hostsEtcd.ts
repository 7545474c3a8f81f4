import assert from "node:assert/strict";
import type { Status } from "../../../../status/status";
import { change, isSettled } from "../../support/change";
import { newCluster } from "../../support/clusters";
import { lines } from "../../support/command";
import { type ExistingMachine, ExistingMachines } from "../../support/existingMachines";
import { etcdctlCommand, members } from "../../support/externalEtcd";
import { containerSettings, encrypted, isClear } from "./sharedHosts";

const machines = new ExistingMachines("existing-etcd-e2e", "172.31.239");
const bastion = 11;
const controlPlane = 12;
const others = [controlPlane, 13, 14, 15, 16, 17];
const dead = 15;
const balancer = 18;
const cluster = newCluster("e2e-hosts-etcd", {
    platform: "hosts",
    etcd: "external",
    etcdNodes: 3,
    controlPlaneNodes: 1,
    workerNodes: 1,
    hostsBastion: "admin",
    controlPlaneEndpoint: `172.31.239.${balancer}:6443`,
    ...containerSettings,
});
const names = ["admin", "control-plane-1", "worker-1", ...members];

describe("machines that are there behind a bastion, with external etcd and a load balancer of somebody else's", () => {
    let hosts: Record<string, ExistingMachine> = {};
    let spare: ExistingMachine;

    before(async () => {
        await machines.start();
        const made = await Promise.all([bastion, ...others].map((number) => machines.make(number)));
        await Promise.all(others.map(isBehindBastion));
        hosts = Object.fromEntries(names.map((name, index) => [name, made[index] ?? assert.fail()]));
        spare = made.at(-1) ?? assert.fail();
        await machines.make(balancer);
        await balances(`172.31.239.${controlPlane}`);
    });

    after(async () => {
        await cluster.stop();
        await machines.stop();
    });

    it("become a cluster that needs no second update", async () => {
        cluster.configure({ hosts, hostsKey: await encrypted(cluster, machines.key) });
        await cluster.start().succeeds();

        await isSettled(cluster);
        assert.deepEqual(await cluster.readyNodes(), ["control-plane-1", "worker-1"]);
        await isHealthy();
    });

    it("are cleared and become members again", async () => {
        const before = await memberId("etcd-1");

        await change(cluster, { replace: ["etcd-1"] }, { machines: ["etcd-1"] });

        await isHealthy();
        assert.notEqual(await memberId("etcd-1"), before);
    });

    it("can be dead when another one is given in the place of a member", async () => {
        await machines.kill(dead);
        hosts = { ...hosts, "etcd-2": spare };

        // Another address is another flag of all API servers, of which this is the only one.
        await change(
            cluster,
            { hosts },
            { machines: ["control-plane-1", ...members], clusterSteps: ["upgrade-gate"], longestGapSeconds: 40 },
        );

        await isHealthy();
    });

    it("are cleared all at once, and the load balancer goes on", async () => {
        await cluster.stop();

        for (const number of [bastion, ...others.filter((number) => number !== dead)]) {
            await isClear(machines, number);
        }
        assert.equal(await machines.on(balancer, "systemctl is-active haproxy"), "active\n");
    });
});

/** Has its sshd let nobody in who comes from elsewhere. */
async function isBehindBastion(number: number): Promise<void> {
    const config = "/etc/ssh/sshd_config.d/bastion.conf";
    await machines.on(number, `echo AllowUsers admin@172.31.239.${bastion} >${config} && systemctl restart ssh`);
}

/** Sets up the load balancer as its owner does. */
async function balances(address: string): Promise<void> {
    await machines.on(
        balancer,
        `cat >/etc/haproxy/haproxy.cfg <<'CONFIG'
defaults
    mode tcp
    timeout connect 500ms
    timeout client 4h
    timeout server 4h

listen kubernetes
    bind *:6443
    option httpchk GET /readyz
    server control-plane-1 ${address}:6443 check check-ssl verify none inter 1s fall 2 rise 1
CONFIG
systemctl restart haproxy`,
    );
}

/** Asserts that the status finds nothing wrong, and the members and no others in etcd. */
async function isHealthy(): Promise<void> {
    const { code, stdout } = await cluster.status("--json");

    assert.equal(code, 0, stdout);
    const { etcd } = JSON.parse(stdout) as Status;
    assert.deepEqual(
        etcd.map(({ name, health }) => [name, health]),
        members.map((name) => [name, "healthy"]),
    );
}

/** The id of a member, as etcd-3 sees it. */
async function memberId(name: string): Promise<string | undefined> {
    const list = lines(await machines.on(16, etcdctlCommand("member", "list")));
    return list.find((line) => line.includes(`, ${name}, `))?.split(", ")[0];
}
