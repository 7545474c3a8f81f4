import assert from "node:assert/strict";
import { findings } from "../../support/findings";

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

    it("passes on what a machine could not learn of itself", () => {
        assert.deepEqual(findings({ machines: { "load-balancer": { problems: ["HAProxy's statistics: refused"] } } }), [
            "unknown, load balancers, load-balancer: HAProxy's statistics: refused",
        ]);
    });
});
