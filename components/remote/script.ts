import { gzipSync } from "fflate";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What a script takes: text, numbers, booleans, or lists of text (which become bash arrays). */
export type Value = string | number | boolean | readonly string[];

/** Makes the script of a packed one on its stdin. */
export const unpack = "base64 --decode | gunzip";

const scriptsFolder = join(__dirname, "..", "scripts");

/**
 * A bash script of `components/scripts`, and the names of the values that it declares in its lines
 * `: "${NAME:?}"`, those of the prelude and of its other parts included.
 */
export class Script {
    readonly name: string;
    private readonly text: string;
    private readonly declared: readonly string[];
    private readonly parts: readonly string[];
    private packedText: Uint8Array | undefined;

    /** `parts` are files with functions that the script shares with others. */
    constructor(
        private readonly file: string,
        ...parts: readonly string[]
    ) {
        this.name = basename(file, ".sh");
        this.text = ["prelude.sh", ...parts, file]
            .map(read)
            .join("\n")
            .replaceAll(/^ *#.*\n/gm, "");
        this.declared = declaredNames(this.text);
        this.parts = parts;
    }

    /** The same script with more parts. */
    with(...more: readonly string[]): Script {
        return new Script(this.file, ...this.parts, ...more);
    }

    /** Refuses names that the script does not declare, and declared ones that are missing. */
    check(names: readonly string[]): void {
        const missing = this.declared.filter((name) => !names.includes(name));
        const unknown = names.filter((name) => !this.declared.includes(name));
        if (missing.length > 0) {
            throw new Error(`${this.name}.sh needs a value for ${missing.join(", ")}`);
        }
        if (unknown.length > 0) {
            throw new Error(`${this.name}.sh does not declare ${unknown.join(", ")}`);
        }
    }

    /** The script without its comments, with its values assigned in front. */
    render(values: Readonly<Record<string, Value>>): string {
        this.check(Object.keys(values));
        return [...assignments(values), this.text].join("\n");
    }

    /**
     * The same as a third of the text, for `unpack`: the engine keeps what a step is sent twice, and writes that of all
     * nodes with every step of one.
     */
    pack(values: Readonly<Record<string, Value>>): string {
        this.check(Object.keys(values));
        this.packedText ??= gzip(this.text);
        const front = gzip([...assignments(values), ""].join("\n"));
        return Buffer.concat([front, this.packedText]).toString("base64");
    }
}

/** Quotes a text so that bash reads it back byte for byte. Refuses NUL, which bash cannot hold. */
export function quote(text: string): string {
    if (text.includes("\0")) {
        throw new Error("a value for a script contains a NUL character, which bash cannot hold");
    }
    return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Node's own zlib gives other bytes on another processor, and other bytes would be a change. */
export function gzip(text: string): Uint8Array {
    return gzipSync(Buffer.from(text), { level: 9, mtime: 0 });
}

function assignments(values: Readonly<Record<string, Value>>): string[] {
    return Object.entries(values).map(([name, value]) => `${name}=${quoteValue(value)}`);
}

function read(file: string): string {
    return readFileSync(join(scriptsFolder, file), "utf8");
}

function quoteValue(value: Value): string {
    return typeof value === "object" ? `(${value.map(quote).join(" ")})` : quote(String(value));
}

function declaredNames(text: string): string[] {
    const declarations = text.split("\n").filter((line) => line.startsWith(': "${'));
    const names = declarations.flatMap((line) => [...line.matchAll(/\$\{([A-Z][A-Z0-9_]*)(?:\[@\])?[:?-]/g)]);
    return [...new Set(names.flatMap((match) => match[1] ?? []))];
}
