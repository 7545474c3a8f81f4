import assert from "node:assert/strict";
import fc from "fast-check";
import { localAddress, localWorkerLimit } from "../../../components/platforms/localAddresses";
import { nodeNames } from "../../../config";

describe("localAddress", () => {
    it("gives each machine a fixed place in the subnet", () => {
        assert.equal(localAddress("172.30.0.0/24", "load-balancer"), "172.30.0.5");
        assert.equal(localAddress("172.30.0.0/24", "control-plane-1"), "172.30.0.11");
        assert.equal(localAddress("172.30.0.0/24", "worker-1"), "172.30.0.101");
        assert.equal(localAddress("10.20.0.0/16", "worker-200"), "10.20.1.44");
    });

    it("gives no address twice, and none of the last five", () => {
        fc.assert(
            fc.property(
                fc.constantFrom(1, 3, 5, 7),
                fc.integer({ min: 0, max: 150 }),
                (controlPlaneNodes, workerNodes) => {
                    const { controlPlanes, workers } = nodeNames({ controlPlaneNodes, workerNodes });
                    const names = ["load-balancer", ...controlPlanes, ...workers];
                    const addresses = names.map((name) => localAddress("172.30.0.0/24", name));

                    assert.equal(new Set(addresses).size, names.length);
                    assert.ok(addresses.every((address) => Number(address.split(".")[3]) <= 250));
                },
            ),
        );
    });

    it("knows no other names", () => {
        assert.throws(() => localAddress("172.30.0.0/24", "worker-0"), {
            message: "worker-0 is not the name of a local machine",
        });
    });
});

describe("localWorkerLimit", () => {
    it("is 150 in a /24 and grows with the subnet", () => {
        assert.equal(localWorkerLimit("172.30.0.0/24"), 150);
        assert.equal(localWorkerLimit("172.30.0.0/23"), 406);
    });
});
