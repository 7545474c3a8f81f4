import assert from "node:assert/strict";
import fc from "fast-check";
import { assignHosts, type Hosts, localAddress, localWorkerLimit } from "../../../components/platforms/localAddresses";
import { nodeNames } from "../../../config/nodes";
import { configOf } from "../../support/configOf";

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
                fc.integer({ min: 0, max: 60 }),
                (controlPlaneNodes, workerNodes, count) => {
                    const config = configOf({ controlPlaneNodes, workerNodes, workerPools: { gpu: { count } } });
                    const { controlPlanes, workers } = nodeNames(config);
                    const names = ["load-balancer", ...controlPlanes, ...workers];
                    const hosts = assignHosts(names, {});
                    const addresses = names.map((name) => localAddress("172.30.0.0/24", name, hosts));

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

describe("assignHosts", () => {
    const all = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`old-${index + 1}`, 40 + index]));
    const cases: { title: string; names: readonly string[]; before?: Hosts; expected: Hosts }[] = [
        {
            title: "leaves out machines whose names say their host",
            names: ["load-balancer", "control-plane-1", "worker-1"],
            expected: {},
        },
        {
            title: "gives new names the lowest free hosts in their order",
            names: ["worker-1", "gpu-1", "gpu-2", "big-1"],
            expected: { "gpu-1": 40, "gpu-2": 41, "big-1": 42 },
        },
        {
            title: "keeps the host of a name, whatever comes in front of it",
            names: ["big-1", "gpu-1"],
            before: { "gpu-1": 40 },
            expected: { "gpu-1": 40, "big-1": 41 },
        },
        {
            title: "fills a gap",
            names: ["gpu-1", "gpu-2", "gpu-3"],
            before: { "gpu-1": 40, "gpu-3": 42 },
            expected: { "gpu-1": 40, "gpu-3": 42, "gpu-2": 41 },
        },
        {
            title: "gives the host of a name that is gone to nobody else, and back when it returns",
            names: ["gpu-2", "big-1"],
            before: { "gpu-1": 40, "gpu-2": 41 },
            expected: { "gpu-1": 40, "gpu-2": 41, "big-1": 42 },
        },
        {
            title: "takes the hosts of names that are gone when no other is left",
            names: ["old-1", "new-1"],
            before: all,
            expected: { ...without(all, "old-2"), "new-1": 41 },
        },
    ];

    for (const { title, names, before = {}, expected } of cases) {
        it(title, () => {
            assert.deepEqual(assignHosts(names, before), expected);
        });
    }

    it("refuses a machine too many", () => {
        assert.throws(() => assignHosts([...Object.keys(all), "new-1"], all), {
            message: "all 60 addresses of nodes of workerPools are taken",
        });
    });

    function without(hosts: Hosts, name: string): Hosts {
        return Object.fromEntries(Object.entries(hosts).filter(([each]) => each !== name));
    }
});

describe("localWorkerLimit", () => {
    it("is 150 in a /24 and grows with the subnet", () => {
        assert.equal(localWorkerLimit("172.30.0.0/24"), 150);
        assert.equal(localWorkerLimit("172.30.0.0/23"), 406);
    });
});
