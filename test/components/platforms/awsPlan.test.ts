import assert from "node:assert/strict";
import fc from "fast-check";
import { bastionSpec, nodeSpecs, planSubnets, zoneOf, zoneRoom } from "../../../components/platforms/awsPlan";
import { overlap, parseSubnet, size } from "../../../components/subnet";
import { zones } from "../../support/awsOutputs";
import { configOf } from "../../support/configOf";

describe("the subnets of a VPC", () => {
    it("are a private and a public one for each zone", () => {
        assert.deepEqual(planSubnets("10.0.0.0/16", zones), [
            { zone: "eu-central-1a", privateCidr: "10.0.0.0/18", publicCidr: "10.0.192.0/20" },
            { zone: "eu-central-1b", privateCidr: "10.0.64.0/18", publicCidr: "10.0.208.0/20" },
            { zone: "eu-central-1c", privateCidr: "10.0.128.0/18", publicCidr: "10.0.224.0/20" },
        ]);
    });

    it("stay where they are when a zone comes to the end", () => {
        assert.deepEqual(planSubnets("10.0.0.0/16", zones).slice(0, 2), planSubnets("10.0.0.0/16", zones.slice(0, 2)));
    });

    it("have room for the machines that they are said to have", () => {
        assert.equal(zoneRoom("10.0.0.0/24"), 59);
    });

    it("lie in the VPC, apart from each other, each of a size that AWS takes", () => {
        const vpc = fc.record({ prefix: fc.integer({ min: 16, max: 24 }), place: fc.integer({ min: 0, max: 255 }) });
        fc.assert(
            fc.property(vpc, fc.integer({ min: 1, max: 3 }), ({ prefix, place }, count) => {
                const third = Math.floor(place / 2 ** (24 - prefix)) * 2 ** (24 - prefix);
                const cidr = `10.7.${third}.0/${prefix}`;
                const subnets = planSubnets(cidr, zones.slice(0, count))
                    .flatMap(({ privateCidr, publicCidr }) => [privateCidr, publicCidr])
                    .map(parseSubnet);
                const outer = parseSubnet(cidr);
                const isInside = subnets.every(
                    (each) => each.first >= outer.first && each.first + size(each) <= outer.first + size(outer),
                );
                const isApart = subnets.every((one, index) =>
                    subnets.slice(index + 1).every((other) => !overlap(one, other)),
                );
                return isInside && isApart && subnets.every((each) => each.prefix >= 16 && each.prefix <= 28);
            }),
        );
    });
});

describe("the zone of a machine", () => {
    it("follows from its number", () => {
        assert.deepEqual(
            ["control-plane-1", "control-plane-2", "control-plane-3", "control-plane-4", "gpu-2"].map((name) =>
                zoneOf(name, zones),
            ),
            ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1a", "eu-central-1b"],
        );
    });

    it("spreads control planes evenly, and losing one zone of three never takes the quorum", () => {
        fc.assert(
            fc.property(fc.constantFrom(1, 3, 5, 7), fc.integer({ min: 2, max: 3 }), (count, zoneCount) => {
                const used = zones.slice(0, zoneCount);
                const names = Array.from({ length: count }, (_, index) => `control-plane-${String(index + 1)}`);
                const counts = used.map((zone) => names.filter((name) => zoneOf(name, used) === zone).length);
                const isEven = Math.max(...counts) - Math.min(...counts) <= 1;
                return isEven && (zoneCount < 3 || count < 3 || count - Math.max(...counts) > count / 2);
            }),
        );
    });

    it("cannot be told of a machine without a number", () => {
        assert.throws(() => zoneOf("bastion", zones), { message: "bastion has no number that says its zone" });
    });
});

describe("the machines of platform aws", () => {
    const config = configOf({
        platform: "aws",
        awsZones: zones,
        awsAllowedCidrs: ["203.0.113.7/32"],
        controlPlaneNodes: 1,
        workerNodes: 1,
        workerPools: { batch: { count: 1 } },
        awsMachines: { batch: { type: "m7g.xlarge", disk: 100, spot: true }, bastion: { type: "t4g.nano" } },
    });

    it("are small and on demand unless their pool says otherwise", () => {
        assert.deepEqual(
            nodeSpecs(config, { "worker-1": 2 }).map(
                ({ name, role, pool, instanceType, diskGibibytes, isSpot, generation }) =>
                    [name, role, pool, instanceType, diskGibibytes, isSpot, generation] as const,
            ),
            [
                ["control-plane-1", "control-plane", "control-plane", "t4g.medium", 40, false, 0],
                ["worker-1", "worker", "worker", "t4g.medium", 40, false, 2],
                ["batch-1", "worker", "batch", "m7g.xlarge", 100, true, 0],
            ],
        );
    });

    it("have a bastion in the first zone", () => {
        assert.deepEqual(bastionSpec(config, { bastion: 2 }), {
            name: "bastion",
            role: "bastion",
            pool: "bastion",
            zone: "eu-central-1a",
            instanceType: "t4g.nano",
            diskGibibytes: 16,
            isSpot: false,
            generation: 2,
        });
    });

    it("have other types on other processors", () => {
        const amd64 = { ...config, awsArchitecture: "amd64", awsMachines: {} } as const;

        assert.deepEqual(
            [bastionSpec(amd64, {}), ...nodeSpecs(amd64, {})].map(({ instanceType }) => instanceType),
            ["t3.small", "t3.medium", "t3.medium", "t3.medium"],
        );
    });
});
