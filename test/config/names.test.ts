import assert from "node:assert/strict";
import fc from "fast-check";
import { distance, isDnsLabel, isDnsSubdomain, isHost, keyProblem, nearest, valueProblem } from "../../config/names";

const edge = fc.constantFrom(...Array.from("abcXYZ019"));
const middle = fc.constantFrom(...Array.from("abcXYZ019-_."));
const qualifiedName = fc
    .tuple(edge, fc.array(middle, { maxLength: 61 }), edge)
    .map(([first, between, last]) => first + between.join("") + last);

describe("keyProblem", () => {
    it("takes every name that Kubernetes takes, with and without a prefix", () => {
        fc.assert(
            fc.property(qualifiedName, (name) => {
                assert.equal(keyProblem(name), undefined);
                assert.equal(keyProblem(`example.com/${name}`), undefined);
            }),
        );
    });

    it("refuses every name with a character that Kubernetes does not take", () => {
        fc.assert(
            fc.property(qualifiedName, fc.constantFrom(...Array.from(" :=@#$é\n")), (name, character) => {
                assert.notEqual(keyProblem(name + character + name), undefined);
            }),
        );
    });

    it("refuses 64 characters, an empty name, an empty prefix and two prefixes", () => {
        assert.notEqual(keyProblem("a".repeat(64)), undefined);
        assert.notEqual(keyProblem(""), undefined);
        assert.notEqual(keyProblem("/a"), undefined);
        assert.notEqual(keyProblem("a/b/c"), undefined);
    });
});

describe("valueProblem", () => {
    it("takes nothing at all, and what keys may be", () => {
        assert.equal(valueProblem(""), undefined);
        fc.assert(
            fc.property(qualifiedName, (value) => {
                assert.equal(valueProblem(value), undefined);
            }),
        );
    });

    it("refuses 64 characters, a dash at the end and a slash", () => {
        assert.notEqual(valueProblem("a".repeat(64)), undefined);
        assert.notEqual(valueProblem("a-"), undefined);
        assert.notEqual(valueProblem("a/b"), undefined);
    });
});

describe("DNS names", () => {
    it("are lower-case labels of 1 to 63 characters", () => {
        assert.ok(isDnsLabel("a") && isDnsLabel("prod-1") && isDnsLabel("a".repeat(63)));
        assert.ok(!isDnsLabel("") && !isDnsLabel("A") && !isDnsLabel("-a") && !isDnsLabel("a".repeat(64)));
    });

    it("are subdomains when dots join labels, up to 253 characters", () => {
        assert.ok(isDnsSubdomain("api.example.com"));
        assert.ok(!isDnsSubdomain("api..com") && !isDnsSubdomain(Array(128).fill("a").join(".")));
    });
});

describe("hosts", () => {
    for (const host of ["10.0.0.25", "bastion.example.com", "worker-1", "1.example"]) {
        it(`can be ${host}`, () => {
            assert.ok(isHost(host));
        });
    }

    for (const host of ["10.0.0.256", "10.1", "10", "worker_1", "::1"]) {
        it(`cannot be ${host}`, () => {
            assert.ok(!isHost(host));
        });
    }
});

describe("nearest", () => {
    it("finds a slip of the finger, and nothing for another word", () => {
        assert.equal(nearest("podsubnet", ["podSubnet", "serviceSubnet"]), "podSubnet");
        assert.equal(nearest("controlPlanes", ["controlPlaneNodes", "cni"]), "controlPlaneNodes");
        assert.equal(nearest("zzz", ["cni", "nodes"]), undefined);
    });

    it("measures the same distance both ways, and none from a word to itself", () => {
        fc.assert(
            fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
                assert.equal(distance(a, b), distance(b, a));
                assert.equal(distance(a, b) === 0, a === b);
            }),
        );
    });
});
