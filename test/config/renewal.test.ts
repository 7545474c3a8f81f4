import assert from "node:assert/strict";
import { renewals } from "../../config/renewal";
import { problemsOf } from "../support/configOf";

describe("renewCertificatesBefore", () => {
    const bounds: { days: number; problems: string[] }[] = [
        {
            days: 0,
            problems: [
                "renewCertificatesBefore: 0 days is not between 1 and 300; kubeadm's certificates live 365 days",
            ],
        },
        { days: 1, problems: [] },
        { days: 300, problems: [] },
        {
            days: 301,
            problems: [
                "renewCertificatesBefore: 301 days is not between 1 and 300; kubeadm's certificates live 365 days",
            ],
        },
    ];

    for (const { days, problems } of bounds) {
        it(`of ${String(days)} days is ${problems.length === 0 ? "taken" : "refused"}`, () => {
            assert.deepEqual(problemsOf({ renewCertificatesBefore: days }), problems);
        });
    }
});

describe("certificates are", () => {
    const today = "2026-11-21";
    const cases: {
        title: string;
        before?: Record<string, string>;
        ends: Record<string, string>;
        expected: Record<string, string>;
    }[] = [
        { title: "not due in a new cluster", ends: {}, expected: {} },
        { title: "not due a day too early", ends: { "control-plane-1": "2027-02-19" }, expected: {} },
        {
            title: "due from then on",
            ends: { "control-plane-1": "2027-02-18" },
            expected: { "control-plane-1": today },
        },
        {
            title: "due after their end",
            ends: { "control-plane-1": "2026-11-01" },
            expected: { "control-plane-1": today },
        },
        {
            title: "due on each node by itself",
            ends: { "control-plane-1": "2027-01-01", "control-plane-2": "2027-11-21" },
            expected: { "control-plane-1": today },
        },
        {
            title: "not due again once they are renewed, on the day that is remembered",
            before: { "control-plane-1": "2025-12-01" },
            ends: { "control-plane-1": "2027-11-21" },
            expected: { "control-plane-1": "2025-12-01" },
        },
        {
            title: "due anew when their end comes again",
            before: { "control-plane-1": "2025-12-01" },
            ends: { "control-plane-1": "2026-12-01" },
            expected: { "control-plane-1": today },
        },
        {
            title: "forgotten with their node",
            before: { "control-plane-1": "2025-12-01", "control-plane-5": "2025-12-01" },
            ends: { "control-plane-1": "2027-11-21" },
            expected: { "control-plane-1": "2025-12-01" },
        },
    ];

    for (const { title, before, ends, expected } of cases) {
        it(title, () => {
            assert.deepEqual(renewals(before ?? {}, ends, { today, days: 90 }), expected);
        });
    }
});
