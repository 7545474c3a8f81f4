import type { Role } from "../components/platforms/platform";

/** Whether something is wrong, could not be learnt, or is only worth knowing. */
export type Severity = "wrong" | "unknown" | "note";

/** The section of the status that a finding belongs to. */
export type Section = "cluster" | "nodes" | "etcd" | "snapshots" | "load balancers" | "certificates" | "drift";

/** Something that a person should know of the cluster. */
export interface Finding {
    readonly severity: Severity;
    readonly section: Section;
    /** The machine that it is about, or "cluster". */
    readonly subject: string;
    /** What is so. */
    readonly what: string;
    /** What to do about it. */
    readonly repair: string;
}

/** How something is, told by the worst that was found of it. */
export type Health = "healthy" | "wrong" | "unknown";

/** The health of what these findings are about. */
export function healthOf(findings: readonly Finding[]): Health {
    const has = (severity: Severity): boolean => findings.some((finding) => finding.severity === severity);
    return has("wrong") ? "wrong" : has("unknown") ? "unknown" : "healthy";
}

/** The health of a machine in one section. */
export type HealthIn = (section: Section, subject: string) => Health;

/** The exit code for a scheduled job. */
export const exitCodes: Readonly<Record<Health, number>> = { healthy: 0, wrong: 1, unknown: 2 };

/** The section of a machine's services. */
export function sectionOf(role: Role): Section {
    return role === "etcd" ? "etcd" : role === "load-balancer" ? "load balancers" : "nodes";
}
