import type { Described } from "./described";
import type { Finding, Severity } from "./finding";
import { certificateRule } from "./rules/certificates";
import { driftRule } from "./rules/drift";
import { etcdRule } from "./rules/etcd";
import { loadBalancerRule } from "./rules/loadBalancers";
import { machineRule } from "./rules/machines";
import { nodeRule } from "./rules/nodes";
import { snapshotRule } from "./rules/snapshots";
import type { Limits, Rule } from "./rules/rule";
import type { Seen } from "./seen";

const rules: readonly Rule[] = [
    nodeRule,
    machineRule,
    etcdRule,
    snapshotRule,
    loadBalancerRule,
    certificateRule,
    driftRule,
];
const order: readonly Severity[] = ["wrong", "unknown", "note"];

/** All that there is to say of a cluster, the worst first. */
export function judge(described: Described, seen: Seen, limits: Limits): Finding[] {
    const findings = rules.flatMap((rule) => rule(described, seen, limits));
    return order.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}
