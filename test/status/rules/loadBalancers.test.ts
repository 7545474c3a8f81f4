import assert from "node:assert/strict";
import { findings } from "../../support/findings";

const up = (name: string) => ({ name, state: "UP", check: "L7OK" });

describe("the rule of load balancers", () => {
    it("tells an API server that it does not send to", () => {
        const backends = [
            up("control-plane-1"),
            { name: "control-plane-2", state: "DOWN", check: "L4CON" },
            { name: "control-plane-3", state: "MAINT", check: "" },
        ];

        assert.deepEqual(findings({ machines: { "load-balancer": { backends } } }), [
            "wrong, load balancers, load-balancer: does not send to control-plane-2: DOWN, L4CON",
            "wrong, load balancers, load-balancer: does not send to control-plane-3: MAINT",
        ]);
    });

    it("tells nothing of one that has just missed a check, and is still sent to", () => {
        const backends = [
            up("control-plane-1"),
            { name: "control-plane-2", state: "UP 1/2", check: "L7TOUT" },
            up("control-plane-3"),
        ];

        assert.deepEqual(findings({ machines: { "load-balancer": { backends } } }), []);
    });

    it("tells control planes that it does not know, and servers that are none", () => {
        const backends = [up("control-plane-1"), up("control-plane-2"), up("control-plane-4")];

        assert.deepEqual(findings({ machines: { "load-balancer": { backends } } }), [
            "wrong, load balancers, load-balancer: does not know the control plane control-plane-3",
            "wrong, load balancers, load-balancer: sends to control-plane-4, which is no control plane that is described",
        ]);
    });
});
