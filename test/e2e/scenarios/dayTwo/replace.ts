import assert from "node:assert/strict";
import { change, changeWithLoadBalancer } from "../../support/change";
import { run } from "../../support/command";
import { cluster, controlPlanesAre, machineOf } from "./shared";

const all = ["control-plane-1", "control-plane-2", "control-plane-3"];

describe("another machine for a node", () => {
    before(() => cluster.isStarted());

    it("comes for the first control plane when its name is put into replace", async () => {
        const before = await machineOf("control-plane-1");

        await change(cluster, { replace: ["control-plane-1"] }, { machines: ["control-plane-1"] });

        assert.notEqual(await machineOf("control-plane-1"), before);
        await controlPlanesAre([1, 2, 3]);
    });

    it("is not made again when the name is taken off", async () => {
        await change(cluster, { replace: [] }, { machines: [] });
    });

    it("comes for all three control planes in one edit, one after another", async () => {
        const before = await Promise.all(all.map(machineOf));

        await change(cluster, { replace: all }, { machines: all });

        const after = await Promise.all(all.map(machineOf));
        assert.deepEqual(
            after.filter((machine) => before.includes(machine)),
            [],
        );
        await controlPlanesAre([1, 2, 3]);
    });

    it("comes for a control plane whose machine is dead", async () => {
        cluster.configure({ replace: [] });
        await cluster.start().succeeds();
        await run("docker", ["kill", cluster.container("control-plane-2")]);

        await change(cluster, { replace: ["control-plane-2"] }, { machines: ["control-plane-2"] });

        await controlPlanesAre([1, 2, 3]);
    });

    it("comes for a load balancer whose machine is dead, and for nodes with it", async () => {
        await run("docker", ["kill", cluster.container("load-balancer")]);

        await changeWithLoadBalancer(cluster, ["control-plane-1", "worker-1"]);

        await controlPlanesAre([1, 2, 3]);
    });
});
