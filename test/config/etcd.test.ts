import assert from "node:assert/strict";
import { etcdNames } from "../../config/etcd";
import { configOf, problemsOf } from "../support/configOf";

describe("external etcd", () => {
    it("has machines of its own, and stacked etcd none", () => {
        assert.deepEqual(etcdNames(configOf({ etcd: "external" })), ["etcd-1", "etcd-2", "etcd-3"]);
        assert.deepEqual(etcdNames(configOf({})), []);
    });

    it("may have 1, 3 or 5 members, of which any may be replaced", () => {
        for (const etcdNodes of [1, 3, 5]) {
            assert.deepEqual(problemsOf({ etcd: "external", etcdNodes, replace: [`etcd-${etcdNodes}`] }), []);
        }
    });

    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "its number of members is even",
            given: { etcd: "external", etcdNodes: 2 },
            expected: ["etcdNodes: 2 is no good number of members; use 1, 3 or 5"],
        },
        {
            title: "it is to be patched as a static pod",
            given: { etcd: "external", patches: { "etcd+merge.yaml": "spec: {priority: 1}" } },
            expected: ["patches: etcd+merge.yaml is for a static pod, and external etcd is none; use etcdExtraArgs"],
        },
        {
            title: "a member is to be taken out",
            given: { etcd: "external", withoutNodes: ["etcd-2"] },
            expected: [
                'withoutNodes: "etcd-2" is not a node of this cluster; ' +
                    "it has control-plane-1 to control-plane-3 and worker-1 to worker-2",
            ],
        },
        {
            title: "a member is to be replaced that it does not have",
            given: { etcd: "external", replace: ["etcd-4"] },
            expected: [
                'replace: "etcd-4" is not a node of this cluster; it has etcd-1 to etcd-3; take etcd-4 off the list',
            ],
        },
        {
            title: "etcd is where it cannot be",
            given: { etcd: "elsewhere" },
            expected: ['etcd: "elsewhere" is not known; use stacked or external'],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`is refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }
});
