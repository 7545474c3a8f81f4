import assert from "node:assert/strict";
import { machineRule } from "../../../status/rules/machines";
import { findings } from "../../support/findings";
import { describedCluster, seenCluster } from "../../support/seenCluster";

const containerd = { name: "containerd", state: "active", running: "2.3.7", installed: "2.3.7" };

describe("the rule of machines", () => {
    it("has nothing to say of a healthy cluster", () => {
        assert.deepEqual(findings({}), []);
    });

    it("tells a kubelet that was stopped", () => {
        const kubelet = { name: "kubelet", state: "inactive", running: "", installed: "1.37.1" };

        assert.deepEqual(findings({ machines: { "worker-1": { services: [kubelet, containerd] } } }), [
            "wrong, nodes, worker-1: kubelet does not run (inactive)",
        ]);
    });

    it("tells a service that waits for its restart after another version was installed", () => {
        const old = { name: "containerd", state: "active", running: "2.3.6", installed: "2.3.7" };
        const kubelet = { name: "kubelet", state: "active", running: "1.37.1", installed: "1.37.1" };

        assert.deepEqual(findings({ machines: { "worker-1": { services: [kubelet, old] } } }), [
            "wrong, nodes, worker-1: containerd 2.3.6 runs, and 2.3.7 is installed",
        ]);
    });

    it("tells a load balancer whose HAProxy ended, and nothing of what it leads to", () => {
        const haproxy = { name: "haproxy", state: "failed", running: "", installed: "2.6.12" };

        assert.deepEqual(findings({ machines: { "load-balancer": { services: [haproxy], backends: [] } } }), [
            "wrong, load balancers, load-balancer: haproxy does not run (failed)",
        ]);
    });

    it("does not know what a machine is like that gives no report", () => {
        assert.deepEqual(findings({ machines: { "worker-1": "Host key verification failed." } }), [
            "unknown, nodes, worker-1: no report over SSH: Host key verification failed.",
        ]);
    });

    it("says how a lost machine comes back, but not of a bastion, which replace cannot name", () => {
        const described = describedCluster();
        const bastion = { name: "bastion", role: "bastion", ssh: [] } as const;
        const repairs = [...described.machines, bastion].map((machine) => {
            const alone = { ...described, machines: [machine] };
            const found = machineRule(alone, seenCluster(alone, { machines: { [machine.name]: "timed out" } }), {
                certificateDays: 30,
            });
            return /put (\S+) into replace/.exec(found[0]?.repair ?? "")?.[1];
        });

        assert.deepEqual(repairs, [...described.machines.map(({ name }) => name), undefined]);
    });

    it("passes on what a machine could not learn of itself", () => {
        assert.deepEqual(findings({ machines: { "load-balancer": { problems: ["HAProxy's statistics: refused"] } } }), [
            "unknown, load balancers, load-balancer: HAProxy's statistics: refused",
        ]);
    });
});
