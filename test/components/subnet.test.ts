import assert from "node:assert/strict";
import fc from "fast-check";
import { addressAt, overlap, parseSubnet, size } from "../../components/subnet";

const subnet = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 32 }))
    .map(([address, prefix]) => parseSubnet(`${addressAt({ first: 0, prefix: 0 }, address)}/${prefix}`));

describe("a subnet", () => {
    it("starts at the first address of its network", () => {
        assert.deepEqual(parseSubnet("10.0.1.77/24"), { first: 10 * 2 ** 24 + 256, prefix: 24 });
    });

    it("counts its addresses", () => {
        assert.equal(size(parseSubnet("172.30.0.0/24")), 256);
        assert.equal(addressAt(parseSubnet("172.30.0.0/16"), 300), "172.30.1.44");
        assert.equal(addressAt(parseSubnet("255.255.255.0/24"), 255), "255.255.255.255");
    });

    it("overlaps another one exactly when one holds the other's first address", () => {
        fc.assert(
            fc.property(subnet, subnet, (a, b) => {
                const [large, small] = a.prefix <= b.prefix ? [a, b] : [b, a];
                const holds = large.first === small.first - (small.first % size(large));

                assert.equal(overlap(a, b), overlap(b, a));
                assert.equal(overlap(a, b), holds);
            }),
        );
    });
});
