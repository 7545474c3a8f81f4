import type * as random from "@pulumi/random";
import type { ClusterArgs } from "../../components/cluster";
import { clusterData } from "../../components/restore";
import { noSnapshot } from "../../changes/snapshotFile";

/** What the first update of a stack knows of those before it. */
export const firstUpdate: Omit<ClusterArgs, "config" | "platform" | "data"> = {
    knownNodes: [],
    renewals: {},
    admissions: {},
    now: "2026-11-21T08:00:00Z",
    origin: "",
    snapshot: noSnapshot,
};

/** The data of a cluster that is not restored. */
export function newData(): random.RandomId {
    return clusterData("stack-data", false);
}
