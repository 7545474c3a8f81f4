import assert from "node:assert/strict";
import { configOf, problemsOf } from "../support/configOf";

describe("etcdSnapshots", () => {
    const read: { title: string; given: unknown; expected: unknown }[] = [
        { title: "every 6h, keep 28 by default", given: {}, expected: { every: "6h", keep: 28 } },
        { title: "another interval", given: { every: "30m" }, expected: { every: "30m", keep: 28 } },
        { title: "another number", given: { keep: 7 }, expected: { every: "6h", keep: 7 } },
        { title: "none", given: { every: "never" }, expected: { every: "never", keep: 28 } },
    ];

    read.forEach(({ title, given, expected }) => {
        it(`can be ${title}`, () => {
            assert.deepEqual(configOf({ etcdSnapshots: given }).etcdSnapshots, expected);
        });
    });

    const all = "5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h, 24h or never";
    const refused: { title: string; given: unknown; expected: string }[] = [
        {
            title: "an interval that does not divide a day",
            given: { every: "5h" },
            expected: `etcdSnapshots: every "5h" is not known; use ${all}`,
        },
        {
            title: "the keeping of none",
            given: { keep: 0 },
            expected: "etcdSnapshots: keep 0 is not between 1 and 1000",
        },
        {
            title: "another key",
            given: { interval: "6h" },
            expected: 'etcdSnapshots: "interval" is not known; snapshots have every, keep',
        },
        {
            title: "text",
            given: "6h",
            expected: 'etcdSnapshots: "6h" is not a map; for example {a: b}',
        },
    ];

    refused.forEach(({ title, given, expected }) => {
        it(`cannot be ${title}`, () => {
            assert.deepEqual(problemsOf({ etcdSnapshots: given }), [expected]);
        });
    });
});
