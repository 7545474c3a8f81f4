import assert from "node:assert/strict";
import { asksForRestore, neverRestored, type Restore, restoreAfter, restoreRules } from "../../changes/restores";

const first: Restore = { from: "a.db", count: 1, origin: "1: a.db, sha256 0123456789ab" };
const checksum = "0123456789abcdef";

describe("restoreAfter", () => {
    const cases: { title: string; before?: Restore; from: string; expected: Restore }[] = [
        { title: "is nothing where nothing was ever asked", from: "", expected: neverRestored },
        { title: "counts a path that is new", from: "a.db", expected: first },
        { title: "is the same for a path that stays", before: first, from: "a.db", expected: first },
        {
            title: "keeps the origin of the data when the path is taken away",
            before: first,
            from: "",
            expected: { ...first, from: "" },
        },
        {
            title: "begins anew for a path that comes back",
            before: { ...first, from: "" },
            from: "a.db",
            expected: { from: "a.db", count: 2, origin: "2: a.db, sha256 0123456789ab" },
        },
        {
            title: "begins anew for another path",
            before: first,
            from: "b.db",
            expected: { from: "b.db", count: 2, origin: "2: b.db, sha256 0123456789ab" },
        },
    ];

    for (const { title, before = neverRestored, from, expected } of cases) {
        it(title, () => {
            assert.deepEqual(restoreAfter(before, from, checksum), expected);
            assert.equal(asksForRestore(before, from), expected.count > before.count);
        });
    }

    it("has another origin for another snapshot, also when the restore before was never completed", () => {
        const origins = [
            restoreAfter(neverRestored, "a.db", checksum),
            restoreAfter(neverRestored, "b.db", checksum),
            restoreAfter(neverRestored, "a.db", "ffffffffffff"),
        ].map(({ origin }) => origin);

        assert.equal(new Set(origins).size, 3);
    });
});

describe("a restore", () => {
    const cluster = {
        restore: neverRestored,
        kubernetesVersion: "1.36.4",
        controlPlaneNodes: ["c-1"],
        workerNodes: ["w-1"],
        etcdNodes: ["etcd-1", "etcd-2"],
    };
    const restored = { ...cluster, restore: first };
    const cases: { title: string; to: typeof cluster; expected: string[] }[] = [
        { title: "is allowed", to: restored, expected: [] },
        { title: "is allowed with more nodes", to: { ...restored, workerNodes: ["w-1", "w-2"] }, expected: [] },
        {
            title: "is allowed with the version of before an upgrade",
            to: { ...restored, kubernetesVersion: "1.35.9" },
            expected: [],
        },
        {
            title: "is refused with an upgrade",
            to: { ...restored, kubernetesVersion: "1.37.1" },
            expected: ["restoreFrom: a restore and an upgrade cannot be one update; restore first, then upgrade"],
        },
        {
            title: "is refused with fewer nodes",
            to: { ...restored, workerNodes: [] },
            expected: [
                "restoreFrom: a restore and fewer nodes (w-1) cannot be one update; restore first, then take them out",
            ],
        },
        {
            title: "is refused with fewer members of etcd",
            to: { ...restored, etcdNodes: ["etcd-1"] },
            expected: [
                "restoreFrom: a restore and fewer nodes (etcd-2) cannot be one update; restore first, then take them out",
            ],
        },
        {
            title: "forbids nothing when there is none",
            to: { ...cluster, kubernetesVersion: "1.37.1", workerNodes: [] },
            expected: [],
        },
    ];

    for (const { title, to, expected } of cases) {
        it(title, () => {
            assert.deepEqual(restoreRules(cluster, to), expected);
        });
    }
});
