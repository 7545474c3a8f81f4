import assert from "node:assert/strict";
import { findings } from "../../support/findings";

const scheduler = "/etc/kubernetes/manifests/kube-scheduler.yaml";

describe("the rule of drift", () => {
    const table: { title: string; state: "changed" | "missing" | "unknown"; expected: string }[] = [
        {
            title: "tells a file that was changed",
            state: "changed",
            expected: `wrong, drift, worker-1: ${scheduler} was changed`,
        },
        {
            title: "tells a file that is gone",
            state: "missing",
            expected: `wrong, drift, worker-1: ${scheduler} is gone`,
        },
        {
            title: "notes a static pod of somebody else's",
            state: "unknown",
            expected: `note, drift, worker-1: ${scheduler} is a static pod that nobody described`,
        },
    ];
    table.forEach(({ title, state, expected }) => {
        it(title, () => {
            const changedFiles = [{ path: scheduler, state }];

            assert.deepEqual(findings({ machines: { "worker-1": { changedFiles } } }), [expected]);
        });
    });

    it("notes a machine without a record", () => {
        assert.deepEqual(findings({ machines: { "worker-1": { recordedFiles: undefined } } }), [
            "note, drift, worker-1: has no record of what its files should hold",
        ]);
    });
});
