import { isMap, type Json } from "./readers";
import { parseVersion } from "./version";

/** What a field of a component's configuration file, or a flag of a component, holds. */
export type Kind =
    | "text"
    | "textOrNumber"
    | "trueOrFalse"
    | "wholeNumber"
    | "number"
    | "duration"
    | "list"
    | "textMap"
    | "gateMap"
    | "listMap";

/** Names of fields or flags by what they hold, a field of a field with a dot. */
export type KindTable = Readonly<Partial<Record<Kind, string>>>;

/** What is wrong, after its name, with something that came with a minor of Kubernetes 1. */
export function tooNew(since: number, version: string): string | undefined {
    return (parseVersion(version)?.minor ?? 0) < since
        ? ` needs Kubernetes 1.${since}, and this cluster has ${version}`
        : undefined;
}

// What Go's time.ParseDuration reads.
const duration = /^[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)$/;
const seconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** The seconds of a duration, such as 1m30s; NaN when it is none. */
export function secondsOf(text: string): number {
    if (!duration.test(text)) {
        return NaN;
    }
    const parts = [...text.matchAll(/([\d.]+)([a-zµ]+)/g)];
    const sum = parts.reduce((total, [, count, unit = ""]) => total + Number(count) * (seconds[unit] ?? NaN), 0);
    return text.startsWith("-") ? -sum : sum;
}

export const kinds: Readonly<Record<Kind, { fits: (value: Json) => boolean; unlike: string }>> = {
    text: { fits: isText, unlike: "is not text" },
    textOrNumber: { fits: (value) => isText(value) || isNumber(value), unlike: "is neither text nor a number" },
    trueOrFalse: { fits: isTrueOrFalse, unlike: "is neither true nor false" },
    wholeNumber: { fits: Number.isSafeInteger, unlike: "is not a whole number of at most 15 digits" },
    number: { fits: isNumber, unlike: "is not a number" },
    duration: {
        fits: (value) => isText(value) && duration.test(value),
        unlike: "is not a duration; for example 30s or 1h30m",
    },
    list: { fits: Array.isArray, unlike: "is not a list" },
    textMap: { fits: mapsTo(isText), unlike: 'is not a map to texts; for example {memory: "500Mi"}' },
    gateMap: { fits: mapsTo(isTrueOrFalse), unlike: "is not a map to true or false" },
    listMap: { fits: mapsTo(Array.isArray), unlike: "is not a map to lists" },
};

function mapsTo(fits: (value: Json) => boolean): (value: Json) => boolean {
    return (value) => isMap(value) && Object.values(value).every(fits);
}

function isText(value: Json): value is string {
    return typeof value === "string";
}

function isNumber(value: Json): boolean {
    return typeof value === "number";
}

function isTrueOrFalse(value: Json): boolean {
    return typeof value === "boolean";
}

/** A table by its names. */
export function kindsOf(table: KindTable): ReadonlyMap<string, Kind> {
    // The keys of a table are kinds.
    const entries = Object.entries(table) as [Kind, string][];
    return new Map(
        entries.flatMap(([kind, names]) => names.split(/\s+/).flatMap((name) => (name === "" ? [] : [[name, kind]]))),
    );
}
