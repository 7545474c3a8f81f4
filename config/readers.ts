/** A value of YAML or JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Flags of a component without their dashes; a list repeats the flag. */
export type ExtraArgs = Readonly<Record<string, string | readonly string[]>>;

/** Labels of a node. */
export type Labels = Readonly<Record<string, string>>;

/** Labels and taints of a node; a taint is "key=value:Effect" or "key:Effect". */
export interface NodeSettings {
    readonly labels: Labels;
    readonly taints: readonly string[];
}

/** Turns what the configuration holds into a typed value, or throws an error that says what is wrong with it. */
export type Reader<T> = (value: Json) => T;

/** Text; Pulumi hands over every value that is neither a list nor a map as text already. */
export function text(value: Json): string {
    if (typeof value === "object") {
        throw new Error(`${show(value)} is not text`);
    }
    return String(value);
}

/** A whole number, small enough to count machines or name a port. */
export function wholeNumber(value: Json): number {
    if (!/^\d{1,5}$/.test(text(value))) {
        throw new Error(`${show(value)} is not a whole number from 0 to 99999`);
    }
    return Number(value);
}

/** true or false. */
export function trueOrFalse(value: Json): boolean {
    if (value !== "true" && value !== "false") {
        throw new Error(`${show(value)} is neither true nor false`);
    }
    return value === "true";
}

/** One of a few words; some others are known, and refused with a reason of their own. */
export function oneOf<T extends string>(
    words: readonly T[],
    refused: Readonly<Record<string, string>> = {},
): Reader<T> {
    return (value) => {
        const found = words.find((word) => word === value);
        if (found === undefined) {
            const reason = refused[text(value)] ?? `is not known; use ${words.join(" or ")}`;
            throw new Error(`${show(value)} ${reason}`);
        }
        return found;
    };
}

/** A list of what another reader reads. */
export function listOf<T>(read: Reader<T>): Reader<T[]> {
    return (value) => {
        const list = parsed(value);
        if (!isList(list)) {
            throw new Error(`${show(value)} is not a list; for example [a, b]`);
        }
        return list.map(read);
    };
}

/** A list of texts. */
export const textList = listOf(text);

/** A map to texts. */
export const textMap = mapOf(text);

/** A map of flags to a text, or to a list of texts where the flag is repeated. */
export const extraArgs: Reader<ExtraArgs> = mapOf((value) => (isList(value) ? value.map(text) : text(value)));

/** A map of anything. */
export const anyMap = mapOf((value) => value);

/** A map of node names to labels and taints. */
export const nodeSettingsMap: Reader<Record<string, Partial<NodeSettings>>> = mapOf((value) => {
    const { labels, taints } = mapWith("a node has", ["labels", "taints"], value);
    return {
        ...(labels === undefined ? {} : { labels: textMap(labels) }),
        ...(taints === undefined ? {} : { taints: textList(taints) }),
    };
});

/** A map to what another reader reads. */
export function mapOf<T>(read: Reader<T>): Reader<Record<string, T>> {
    return (value) => {
        const map = parsed(value);
        if (!isMap(map)) {
            throw new Error(`${show(value)} is not a map; for example {a: b}`);
        }
        return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, readItem(key, item, read)]));
    };
}

/** A map that has no other keys than these; the subject, "a node has", begins what is said of them. */
export function mapWith(subject: string, known: readonly string[], value: Json): Readonly<Record<string, Json>> {
    const map = anyMap(value);
    const unknown = Object.keys(map).find((key) => !known.includes(key));
    if (unknown !== undefined) {
        throw new Error(`${JSON.stringify(unknown)} is not known; ${subject} ${known.join(", ")}`);
    }
    return map;
}

/** Reads what a key of a map holds, and says which one when it cannot. */
export function readItem<T>(key: string, item: Json, read: Reader<T>): T {
    try {
        return read(item);
    } catch (error) {
        throw new Error(`${key}: ${messageOf(error)}`);
    }
}

/** The text of an error. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** Lists and maps come as JSON at the top, and as themselves below. */
function parsed(value: Json): Json {
    if (typeof value !== "string") {
        return value;
    }
    try {
        // What JSON.parse gives is Json by definition.
        return JSON.parse(value) as Json;
    } catch {
        return value;
    }
}

function isList(value: Json): value is readonly Json[] {
    return Array.isArray(value);
}

/** Whether a value has fields by name. */
export function isMap(value: Json): value is Readonly<Record<string, Json>> {
    return typeof value === "object" && value !== null && !isList(value);
}

function show(value: Json): string {
    return typeof value === "string" && /^(\d+|\[.*\]|\{.*\})$/s.test(value) ? value : JSON.stringify(value);
}
