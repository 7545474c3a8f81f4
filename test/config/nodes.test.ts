import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("the number of nodes and the name of the cluster", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "there is no control plane",
            given: { controlPlaneNodes: 0 },
            expected: ["controlPlaneNodes: 0 cannot keep quorum; use 1, 3, 5 or 7"],
        },
        {
            title: "there are too many control planes",
            given: { controlPlaneNodes: 9 },
            expected: ["controlPlaneNodes: 9 is more than etcd works well with; use 1, 3, 5 or 7"],
        },
        {
            title: "the cluster's name is not a DNS label",
            given: { clusterName: "My_Cluster" },
            expected: [
                'clusterName: "My_Cluster" is not a DNS label; ' +
                    'use up to 63 lower-case letters, digits and "-", for example prod-1',
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`is refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }
});
