import type { Described } from "./described";
import { exitCodes, type Finding, type Health, type HealthIn, healthOf } from "./finding";
import { judge } from "./judge";
import { voters } from "./rules/etcd";
import type { Limits } from "./rules/rule";
import {
    backendRows,
    type BackendRow,
    balancerRows,
    type BalancerRow,
    certificateRows,
    type CertificateRow,
    driftRows,
    type DriftRow,
    snapshotRows,
    type SnapshotRow,
} from "./machineRows";
import { memberRows, type MemberRow, nodeRows, type NodeRow } from "./nodeRows";
import type { Seen } from "./seen";

/** All that is shown of a cluster, as plain values: what `--json` prints. */
export interface Status {
    /** The form of this status. */
    readonly schema: 1;
    readonly stack: string;
    readonly cluster: string;
    /** `host:port` of the API server, as the nodes see it. */
    readonly endpoint: string;
    /** When it was seen, in ISO 8601. */
    readonly at: string;
    readonly health: Health;
    readonly exitCode: number;
    /** The worst first. */
    readonly findings: readonly Finding[];
    readonly nodes: readonly NodeRow[];
    readonly etcd: readonly MemberRow[];
    /** How many members of etcd vote, those that nobody described too; more than half of them are the quorum. */
    readonly etcdVoters: number;
    readonly snapshots: readonly SnapshotRow[];
    readonly loadBalancers: readonly BalancerRow[];
    readonly backends: readonly BackendRow[];
    readonly certificates: readonly CertificateRow[];
    readonly drift: readonly DriftRow[];
}

/** The status of a cluster from its description and what was seen of it. */
export function statusOf(stack: string, described: Described, seen: Seen, limits: Limits): Status {
    const findings = judge(described, seen, limits);
    const healthIn: HealthIn = (section, subject) =>
        healthOf(findings.filter((finding) => finding.section === section && finding.subject === subject));
    const health = healthOf(findings);
    return {
        schema: 1,
        stack,
        cluster: described.clusterName,
        endpoint: described.endpoint,
        at: seen.at.toISOString(),
        health,
        exitCode: exitCodes[health],
        findings,
        nodes: nodeRows(described, seen, healthIn),
        etcd: memberRows(described, seen, healthIn),
        etcdVoters: voters(described, seen),
        snapshots: snapshotRows(described, seen, healthIn),
        loadBalancers: balancerRows(described, healthIn),
        backends: backendRows(described, seen),
        certificates: certificateRows(described, seen, limits),
        drift: driftRows(described, seen, healthIn),
    };
}
