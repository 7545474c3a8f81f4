import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("values", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "a key is unknown, with the nearest one",
            given: { workerNode: 2 },
            expected: ["unknown key workerNode; did you mean workerNodes?"],
        },
        {
            title: "a key is like no other",
            given: { zzz: 1 },
            expected: ["unknown key zzz; docs/configuration.md has all keys"],
        },
        {
            title: "a number is text",
            given: { workerNodes: "three" },
            expected: ['workerNodes: "three" is not a whole number from 0 to 99999'],
        },
        {
            title: "a number is negative",
            given: { workerNodes: -1 },
            expected: ['workerNodes: "-1" is not a whole number from 0 to 99999'],
        },
        {
            title: "a boolean is a word",
            given: { allowCgroupV1: "yes" },
            expected: ['allowCgroupV1: "yes" is neither true nor false'],
        },
        {
            title: "a list is text",
            given: { certSANs: "api" },
            expected: ['certSANs: "api" is not a list; for example [a, b]'],
        },
        {
            title: "a map is a list",
            given: { workerLabels: ["a"] },
            expected: ['workerLabels: ["a"] is not a map; for example {a: b}'],
        },
        {
            title: "a label has no value",
            given: { workerLabels: { disk: null } },
            expected: ["workerLabels: disk: null is not text"],
        },
        {
            title: "the platform is unknown",
            given: { platform: "mars" },
            expected: ['platform: "mars" is not known; use local or hosts or aws'],
        },
        {
            title: "kube-proxy is to use ipvs",
            given: { kubeProxyMode: "ipvs" },
            expected: ['kubeProxyMode: "ipvs" is deprecated since Kubernetes 1.35 and will be removed; use nftables'],
        },
        {
            title: "a node has something else",
            given: { nodes: { "worker-1": { taint: [] } } },
            expected: ['nodes: worker-1: "taint" is not known; a node has labels, taints'],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }
});
