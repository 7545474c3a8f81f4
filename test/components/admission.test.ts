import assert from "node:assert/strict";
import { admissionOf } from "../../components/admission";

describe("admissionOf", () => {
    const now = "2026-11-21T08:00:00Z";
    const recorded = { machine: "container-1", since: "2026-11-01T09:30:00Z" };
    const cases = [
        { title: "is the recorded one of the same machine", recorded, expected: recorded },
        {
            title: "is one of now for another machine",
            recorded: { ...recorded, machine: "container-0" },
            expected: { machine: "container-1", since: now },
        },
        {
            title: "is one of now where none was completed",
            recorded: undefined,
            expected: { machine: "container-1", since: now },
        },
    ];

    for (const { title, recorded: given, expected } of cases) {
        it(title, () => {
            assert.deepEqual(admissionOf(given, "container-1", now), expected);
        });
    }
});
