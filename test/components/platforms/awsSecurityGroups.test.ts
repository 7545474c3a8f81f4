import assert from "node:assert/strict";
import fc from "fast-check";
import { groupsOf, type Rule, type RuleArgs, rulesOf } from "../../../components/platforms/awsSecurityGroups";

const small: RuleArgs = { etcd: "stacked", cni: "flannel", isPublic: false };
const anyArgs: fc.Arbitrary<RuleArgs> = fc.record(
    {
        etcd: fc.constantFrom("stacked", "external"),
        cni: fc.constantFrom("flannel", "none"),
        isPublic: fc.boolean(),
        bastion: fc.constantFrom("sg-1a", "10.9.0.7/32"),
    },
    { requiredKeys: ["etcd", "cni", "isPublic"] },
);

describe("the rules of a cluster on AWS", () => {
    it("with etcd on the control planes are these", () => {
        assert.deepEqual(rulesOf(small).map(short), [
            "allowed > bastion tcp 22",
            "bastion > controlPlane tcp 22",
            "bastion > worker tcp 22",
            "bastion > loadBalancer tcp 6443",
            "controlPlane > loadBalancer tcp 6443",
            "worker > loadBalancer tcp 6443",
            "loadBalancer > controlPlane tcp 6443",
            "controlPlane > controlPlane tcp 6443",
            "worker > controlPlane tcp 6443",
            "controlPlane > controlPlane tcp 2379-2380",
            "controlPlane > controlPlane tcp 10250",
            "controlPlane > worker tcp 10250",
            "worker > controlPlane tcp 10250",
            "worker > worker tcp 10250",
            "controlPlane > controlPlane udp 8472",
            "controlPlane > worker udp 8472",
            "worker > controlPlane udp 8472",
            "worker > worker udp 8472",
            "controlPlane > controlPlane icmp 3-4",
            "controlPlane > worker icmp 3-4",
            "worker > controlPlane icmp 3-4",
            "worker > worker icmp 3-4",
            "bastion > anybody all",
            "controlPlane > anybody all",
            "worker > anybody all",
        ]);
    });

    it("with etcd on machines of its own let only API servers, members and the admin machine reach it", () => {
        const [own, other] = difference(rulesOf({ ...small, etcd: "external" }), rulesOf(small));

        assert.deepEqual(own, [
            "bastion > etcd tcp 22",
            "controlPlane > etcd tcp 2379",
            "bastion > etcd tcp 2379",
            "etcd > etcd tcp 2379-2380",
            "etcd > anybody all",
        ]);
        assert.deepEqual(other, ["controlPlane > controlPlane tcp 2379-2380"]);
    });

    it("with a public endpoint let only the networks that are named reach its load balancer", () => {
        const [own, other] = difference(rulesOf({ ...small, isPublic: true }), rulesOf(small));

        assert.deepEqual(own, ["allowed > publicLoadBalancer tcp 6443", "publicLoadBalancer > controlPlane tcp 6443"]);
        assert.deepEqual(other, []);
    });

    it("without flannel leave the pod network to who brings another one", () => {
        const [own, other] = difference(rulesOf({ ...small, cni: "none" }), rulesOf(small));

        assert.deepEqual(own, []);
        assert.deepEqual(
            other.map((rule) => rule.split(" ").slice(-2)),
            Array<string[]>(4).fill(["udp", "8472"]),
        );
    });

    it("with a bastion that is there are its way in, and nothing about the bastion itself", () => {
        const [own, other] = difference(rulesOf({ ...small, bastion: "sg-1a" }), rulesOf(small));

        assert.deepEqual(own, []);
        assert.deepEqual(other, ["allowed > bastion tcp 22", "bastion > anybody all"]);
        assert.equal(groupsOf({ ...small, bastion: "sg-1a" }).includes("bastion"), false);
    });

    it("let everybody in nowhere, and only the named networks to the two doors", () => {
        fc.assert(
            fc.property(anyArgs, (args) => {
                const rules = rulesOf(args);
                const doors = rules.filter(({ from }) => from === "allowed").map(({ to }) => to);
                return (
                    rules.every(({ from, to }) => from !== "anybody" && to !== "allowed") &&
                    doors.includes("bastion") === (args.bastion === undefined) &&
                    doors.includes("publicLoadBalancer") === args.isPublic &&
                    doors.every((door) => door === "bastion" || door === "publicLoadBalancer")
                );
            }),
        );
    });

    it("open each port that a component needs between its two sides, and between no others", () => {
        const needed = ({ bastion, etcd, cni, isPublic }: RuleArgs): Record<string, string[]> => ({
            "tcp 2379-2380": etcd === "stacked" ? ["controlPlane > controlPlane"] : ["etcd > etcd"],
            "tcp 2379": etcd === "stacked" ? [] : ["controlPlane > etcd", "bastion > etcd"],
            "udp 8472": cni === "flannel" ? all("controlPlane", "worker") : [],
            "tcp 10250": all("controlPlane", "worker"),
            "tcp 6443": [
                "bastion > loadBalancer",
                "controlPlane > loadBalancer",
                "worker > loadBalancer",
                "loadBalancer > controlPlane",
                ...(isPublic ? ["allowed > publicLoadBalancer", "publicLoadBalancer > controlPlane"] : []),
                "controlPlane > controlPlane",
                "worker > controlPlane",
            ],
            "tcp 22": [
                ...(bastion === undefined ? ["allowed > bastion"] : []),
                ...groupsOf({ etcd, cni, isPublic })
                    .filter((group) => ["controlPlane", "worker", "etcd"].includes(group))
                    .map((group) => `bastion > ${group}`),
            ],
            "icmp 3-4": all("controlPlane", "worker"),
        });
        fc.assert(
            fc.property(anyArgs, (args) => {
                const rules = rulesOf(args).filter(({ to }) => to !== "anybody");
                const found = rules.map(short).sort();
                const wanted = Object.entries(needed(args)).flatMap(([ports, ways]) =>
                    ways.map((way) => `${way} ${ports}`),
                );
                assert.deepEqual(found, wanted.sort());
            }),
        );
    });

    it("each have a reason in letters that AWS takes, and none is there twice", () => {
        fc.assert(
            fc.property(anyArgs, (args) => {
                const rules = rulesOf(args);
                assert.deepEqual(
                    rules.filter(({ reason }) => !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{10,255}$/.test(reason)),
                    [],
                );
                assert.equal(new Set(rules.map(short)).size, rules.length);
            }),
        );
    });

    it("stay below AWS's 60 of a group", () => {
        fc.assert(
            fc.property(anyArgs, (args) =>
                groupsOf(args).every((group) => rulesOf(args).filter(({ to }) => to === group).length < 60),
            ),
        );
    });
});

function short({ from, to, protocol, ports }: Rule): string {
    const range = ports === undefined ? [] : [ports[0] === ports[1] ? String(ports[0]) : ports.join("-")];
    return [from, ">", to, protocol, ...range].join(" ");
}

/** What each of two lists of rules has alone. */
function difference(one: readonly Rule[], other: readonly Rule[]): [string[], string[]] {
    const [a, b] = [one.map(short), other.map(short)];
    return [a.filter((rule) => !b.includes(rule)), b.filter((rule) => !a.includes(rule))];
}

function all(...groups: readonly string[]): string[] {
    return groups.flatMap((from) => groups.map((to) => `${from} > ${to}`));
}
