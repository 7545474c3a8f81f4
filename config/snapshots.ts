import type { ClusterConfig } from "./clusterConfig";
import { mapWith, type Reader, text, wholeNumber } from "./readers";

/** Snapshots that each member of etcd takes of itself. */
export interface EtcdSnapshots {
    /** "30m", "6h", or "never". @default 6h */
    readonly every: string;
    /** How many stay on each machine, those before a risky change included. @default 28 */
    readonly keep: number;
}

const defaults: EtcdSnapshots = { every: "6h", keep: 28 };
const intervals = ["5m", "10m", "15m", "20m", "30m", "1h", "2h", "3h", "4h", "6h", "8h", "12h", "24h"] as const;
const most = 1000;

/** A map with `every` and `keep`. */
export const etcdSnapshots: Reader<EtcdSnapshots> = (value) => {
    const { every, keep } = mapWith("snapshots have", ["every", "keep"], value);
    return {
        every: every === undefined ? defaults.every : text(every),
        keep: keep === undefined ? defaults.keep : wholeNumber(keep),
    };
};

/** How often, and how many. */
export function snapshotRules({ etcdSnapshots: { every, keep } }: ClusterConfig): string[] {
    return [
        ...(every === "never" || minutesOf(every) !== undefined
            ? []
            : [`etcdSnapshots: every "${every}" is not known; use ${intervals.join(", ")} or never`]),
        ...(keep >= 1 && keep <= most ? [] : [`etcdSnapshots: keep ${keep} is not between 1 and ${most}`]),
    ];
}

/** The minutes of a known interval; undefined for "never". */
export function minutesOf(every: string): number | undefined {
    const known = intervals.find((interval) => interval === every);
    return known === undefined ? undefined : Number(known.slice(0, -1)) * (known.endsWith("h") ? 60 : 1);
}
