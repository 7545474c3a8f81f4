import { IPv4 } from "ipaddr.js";

const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const qualified = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Whether Kubernetes takes a text as DNS label (RFC 1123). */
export function isDnsLabel(name: string): boolean {
    return new RegExp(`^${label}$`).test(name);
}

/** Whether Kubernetes takes a text as DNS subdomain (RFC 1123): labels with dots between them. */
export function isDnsSubdomain(name: string): boolean {
    return name.length <= 253 && name.split(".").every(isDnsLabel);
}

/** Whether a text is an IPv4 address, or a name that cannot be taken for one: 10.0.0.256 is neither (RFC 1123 §2.1). */
export function isHost(text: string): boolean {
    return IPv4.isValidFourPartDecimal(text) || (isDnsSubdomain(text) && !/(^|\.)\d+$/.test(text));
}

/** What is wrong with the key of a label or taint; nothing when it is fine. */
export function keyProblem(key: string): string | undefined {
    const [name = "", prefix, ...rest] = key.split("/").reverse();
    if (rest.length > 0 || (prefix !== undefined && !isDnsSubdomain(prefix))) {
        return `"${key}" has a prefix that is not a DNS subdomain; for example example.com/pool`;
    }
    if (!qualified.test(name)) {
        return `"${key}" is not a key; use 1 to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends`;
    }
    return undefined;
}

/** What is wrong with the value of a label or taint; nothing when it is fine. */
export function valueProblem(value: string): string | undefined {
    return value === "" || qualified.test(value)
        ? undefined
        : `"${value}" is not a value; use up to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends`;
}

/** Those texts of a list that are in it more than once, each of them once. */
export function repeated(texts: readonly string[]): string[] {
    return [...new Set(texts.filter((text, index) => texts.indexOf(text) < index))];
}

/** The known name that looks most like a given one, if any is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
    const ranked = known
        .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
        .filter((each) => each.distance <= Math.max(2, name.length / 3))
        .sort((a, b) => a.distance - b.distance);
    return ranked[0]?.candidate;
}

/** The known name that was meant, as a question; else another hint. */
export function didYouMean(name: string, known: readonly string[], otherwise: string): string {
    const meant = nearest(name, known);
    return meant === undefined ? otherwise : `did you mean ${meant}?`;
}

/** Levenshtein distance: how many letters to add, remove or change. */
export function distance(from: string, to: string): number {
    let row = Array.from({ length: to.length + 1 }, (_, column) => column);
    for (let index = 0; index < from.length; index++) {
        const next = [index + 1];
        for (let column = 0; column < to.length; column++) {
            const changed = (row[column] ?? 0) + (from[index] === to[column] ? 0 : 1);
            next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
        }
        row = next;
    }
    return row[to.length] ?? 0;
}
