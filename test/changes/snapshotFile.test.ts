import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checkSnapshot } from "../../changes/snapshotFile";
import { emptyDatabase, snapshot, snapshotFile } from "../support/snapshot";

describe("checkSnapshot", () => {
    it("gives the checksum of a snapshot that is whole", async () => {
        const file = snapshotFile(snapshot());

        assert.deepEqual(await checkSnapshot(file), {
            file,
            checksum: createHash("sha256").update(snapshot()).digest("hex"),
            problems: [],
        });
    });

    it("refuses a file that is not there", async () => {
        assert.deepEqual(await problemsOf("/nowhere/etcd.db"), [
            "restoreFrom: there is no file FILE; a path is taken from the folder of the project",
        ]);
    });

    const notOne =
        "restoreFrom: FILE is not a snapshot of etcd; npm run backup makes one, npm run backup -- --list names them";
    const cases: { title: string; content: Buffer; checksum?: string; expected: string }[] = [
        { title: "is empty", content: Buffer.alloc(0), expected: notOne },
        { title: "is not a database", content: snapshot({ database: Buffer.alloc(8192) }), expected: notOne },
        { title: "is a database without a hash behind it", content: emptyDatabase(), expected: notOne },
        { title: "was cut", content: snapshot().subarray(0, -1), expected: notOne },
        {
            title: "has no checksum beside it",
            content: snapshot(),
            checksum: "",
            expected:
                "restoreFrom: there is no FILE.sha256, which npm run backup writes beside a snapshot; bring it too",
        },
        {
            title: "has another checksum beside it",
            content: snapshot(),
            checksum: "0".repeat(64),
            expected:
                "restoreFrom: FILE does not have the checksum in FILE.sha256; it was changed or cut, take another copy",
        },
        {
            title: "has something that is no checksum beside it",
            content: snapshot(),
            checksum: "etcd.db",
            expected:
                "restoreFrom: FILE does not have the checksum in FILE.sha256; it was changed or cut, take another copy",
        },
        {
            title: "has another hash than etcd's",
            content: snapshot({ hash: Buffer.alloc(32) }),
            expected: "restoreFrom: FILE does not have the hash that etcd gave it; take another snapshot",
        },
    ];

    for (const { title, content, checksum, expected } of cases) {
        it(`refuses a file that ${title}`, async () => {
            assert.deepEqual(await problemsOf(snapshotFile(content, checksum)), [expected]);
        });
    }
});

/** What is wrong with a file, which shows as FILE. */
async function problemsOf(file: string): Promise<string[]> {
    const { problems } = await checkSnapshot(file);
    return problems.map((problem) => problem.replaceAll(file, "FILE"));
}
