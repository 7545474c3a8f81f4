import { compareVersions } from "../config/version";

/** What a stack remembers of the key `restoreFrom`. */
export interface Restore {
    /** The key as it was; empty for none. */
    readonly from: string;
    /** How many restores there were. */
    readonly count: number;
    /** Which snapshot the cluster's data began with, as a preview shows it; empty for none. */
    readonly origin: string;
}

/** What a stack remembers before its first restore. */
export const neverRestored: Restore = { from: "", count: 0, origin: "" };

/** Whether a value of the key asks for a restore: one that stays, or goes, asks for nothing. */
export function asksForRestore(before: Restore, from: string): boolean {
    return from !== "" && from !== before.from;
}

/**
 * What a stack remembers after an update with this value of the key. Until a restore is completed, `before` stays as it
 * was, and so does the answer for the same snapshot; another one begins anew.
 */
export function restoreAfter(before: Restore, from: string, checksum: string): Restore {
    if (!asksForRestore(before, from)) {
        return { ...before, from };
    }
    const count = before.count + 1;
    return { from, count, origin: `${count}: ${from}, sha256 ${checksum.slice(0, 12)}` };
}

/** What the rules need to know of a cluster. */
interface Cluster {
    readonly restore: Restore;
    readonly kubernetesVersion: string;
    readonly controlPlaneNodes: readonly string[];
    readonly workerNodes: readonly string[];
    readonly etcdNodes: readonly string[];
}

/** Why a cluster must not be restored in this update, each with the safe way. */
export function restoreRules(before: Cluster, after: Cluster): string[] {
    if (!isRestored(before, after)) {
        return [];
    }
    const namesOf = (cluster: Cluster): string[] => [
        ...cluster.controlPlaneNodes,
        ...cluster.workerNodes,
        ...cluster.etcdNodes,
    ];
    const stay = namesOf(after);
    const gone = namesOf(before).filter((name) => !stay.includes(name));
    return [
        ...(compareVersions(after.kubernetesVersion, before.kubernetesVersion) > 0
            ? ["restoreFrom: a restore and an upgrade cannot be one update; restore first, then upgrade"]
            : []),
        ...(gone.length === 0
            ? []
            : [
                  `restoreFrom: a restore and fewer nodes (${gone.join(", ")}) cannot be one update; ` +
                      "restore first, then take them out",
              ]),
    ];
}

/** What a restore means for the machines of a platform and for the data. */
export function restoreEffect(platform: string): string {
    return (
        `all machines are ${platform === "hosts" ? "cleared and set up" : "made"} anew, the load balancer's and those of etcd ` +
        "too; the cluster's data become those of the snapshot, and what was written after it is lost (restoreFrom)"
    );
}

/** Whether an update is a restore. */
export function isRestored(before: Pick<Cluster, "restore">, after: Pick<Cluster, "restore">): boolean {
    return before.restore.origin !== after.restore.origin;
}
