import type { Described } from "../described";
import type { Finding } from "../finding";
import type { Seen } from "../seen";

/** What the user asked for. */
export interface Limits {
    /** Days that a certificate should at least have left. */
    readonly certificateDays: number;
}

/** Holds what was seen of a cluster against its description. */
export type Rule = (described: Described, seen: Seen, limits: Limits) => Finding[];
