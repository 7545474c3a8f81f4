import type { ClusterArgs } from "../../components/cluster";
import { noSnapshot } from "../../snapshotFile";

/** What the first update of a stack knows of those before it. */
export const firstUpdate: Omit<ClusterArgs, "config" | "platform"> = {
    knownNodes: [],
    renewals: {},
    admissions: {},
    now: "2026-11-21T08:00:00Z",
    origin: "",
    snapshot: noSnapshot,
};
