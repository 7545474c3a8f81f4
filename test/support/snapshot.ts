import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file in the form of a snapshot of etcd, whole unless told otherwise. */
export function snapshot({ database = emptyDatabase(), hash = sha256(database) } = {}): Buffer {
    return Buffer.concat([database, hash]);
}

/** Two pages of a database of bbolt with nothing in it. */
export function emptyDatabase(): Buffer {
    const database = Buffer.alloc(2 * 4096);
    database.writeUInt32LE(0xed0cdaed, 16);
    return database;
}

/** Writes a file, and the checksum beside it unless that is empty; gone when the tests have ended. */
export function snapshotFile(content: Buffer, checksum = sha256(content).toString("hex")): string {
    const file = join(mkdtempSync(join(parentFolder(), "file-")), "etcd.db");
    writeFileSync(file, content);
    if (checksum !== "") {
        writeFileSync(`${file}.sha256`, `${checksum}  etcd.db\n`);
    }
    return file;
}

let parent = "";

function parentFolder(): string {
    if (parent === "") {
        parent = mkdtempSync(join(tmpdir(), "snapshots-"));
        process.once("exit", () => {
            rmSync(parent, { recursive: true, force: true });
        });
    }
    return parent;
}

function sha256(data: Buffer): Buffer {
    return createHash("sha256").update(data).digest();
}
