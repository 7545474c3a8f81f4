import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "../config/readers";

/** A snapshot of etcd on this computer. */
export interface Snapshot {
    /** Where it is; empty for none. */
    readonly file: string;
    /** Its SHA-256; empty for none. */
    readonly checksum: string;
    /** Why it must not be restored. */
    readonly problems: readonly string[];
}

/** What an update has that restores nothing. */
export const noSnapshot: Snapshot = { file: "", checksum: "", problems: [] };

/** Bytes of the hash that etcd writes behind the database. */
const hashSize = 32;
/** The size of a database is a multiple of this, and it has no fewer pages than two. */
const pageUnit = 512;
const smallest = 2 * 4096;
/** The first page of a database of bbolt has this number behind its header. */
const magic = { offset: 16, bytes: Buffer.from([0xed, 0xda, 0x0c, 0xed]) };

/** Whether a file is a whole snapshot: of its form, with the hash that etcd gave it and the checksum beside it. */
export async function checkSnapshot(file: string): Promise<Snapshot> {
    try {
        return { file: resolve(file), checksum: await checksumOf(file), problems: [] };
    } catch (error) {
        return { ...noSnapshot, problems: [`restoreFrom: ${messageOf(error)}`] };
    }
}

async function checksumOf(file: string): Promise<string> {
    const size = await sizeOf(file);
    if (size < smallest + hashSize || size % pageUnit !== hashSize || !(await hasMagic(file))) {
        throw new Error(
            `${file} is not a snapshot of etcd; npm run backup makes one, npm run backup -- --list names them`,
        );
    }
    const expected = await expectedChecksum(file);
    const found = await hashes(file, size - hashSize);
    if (found.whole !== expected) {
        throw new Error(
            `${file} does not have the checksum in ${file}.sha256; it was changed or cut, take another copy`,
        );
    }
    if (found.database !== found.written) {
        throw new Error(`${file} does not have the hash that etcd gave it; take another snapshot`);
    }
    return found.whole;
}

async function sizeOf(file: string): Promise<number> {
    try {
        return (await stat(file)).size;
    } catch {
        throw new Error(`there is no file ${file}; a path is taken from the folder of the project`);
    }
}

async function hasMagic(file: string): Promise<boolean> {
    const handle = await open(file);
    try {
        const { buffer } = await handle.read(Buffer.alloc(magic.bytes.length), 0, magic.bytes.length, magic.offset);
        return buffer.equals(magic.bytes);
    } finally {
        await handle.close();
    }
}

async function expectedChecksum(file: string): Promise<string> {
    let text;
    try {
        text = await readFile(`${file}.sha256`, "utf8");
    } catch {
        throw new Error(`there is no ${file}.sha256, which npm run backup writes beside a snapshot; bring it too`);
    }
    return /^[0-9a-f]{64}(?=\s|$)/.exec(text)?.[0] ?? "";
}

/** Of the whole file; of the database in it; and what etcd wrote behind that. */
async function hashes(file: string, databaseSize: number): Promise<Record<"whole" | "database" | "written", string>> {
    const hash = createHash("sha256");
    for await (const part of createReadStream(file, { end: databaseSize - 1 })) {
        // What a stream without an encoding gives.
        hash.update(part as Buffer);
    }
    const database = hash.copy().digest("hex");
    const rest: Buffer[] = [];
    for await (const part of createReadStream(file, { start: databaseSize })) {
        rest.push(part as Buffer);
    }
    const written = Buffer.concat(rest);
    return { whole: hash.update(written).digest("hex"), database, written: written.toString("hex") };
}
