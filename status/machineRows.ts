import type { Described } from "./described";
import type { Health, HealthIn } from "./finding";
import { type ChangedFile, isUp } from "./report";
import { daysBetween } from "./rules/certificates";
import type { Limits } from "./rules/rule";
import { reportOf, type Seen } from "./seen";

/** A load balancer that the stack sets up. */
export interface BalancerRow {
    readonly name: string;
    readonly health: Health;
}

export function balancerRows({ machines }: Described, healthIn: HealthIn): BalancerRow[] {
    return machines
        .filter(({ role }) => role === "load-balancer")
        .map(({ name }) => ({ name, health: healthIn("load balancers", name) }));
}

/** An API server as a load balancer sees it. */
export interface BackendRow {
    readonly loadBalancer: string;
    readonly name: string;
    readonly health: Health;
    /** UP, DOWN, MAINT, …, in HAProxy's words. */
    readonly state: string;
    readonly check: string;
}

export function backendRows({ machines }: Described, seen: Seen): BackendRow[] {
    return machines
        .filter(({ role }) => role === "load-balancer")
        .flatMap(({ name: loadBalancer }) =>
            (reportOf(seen, loadBalancer)?.backends ?? []).map(({ name, state, check }) => ({
                loadBalancer,
                name,
                health: isUp({ state }) ? "healthy" : "wrong",
                state,
                check,
            })),
        );
}

/** A certificate on a machine, or that of the stack's kubeconfig, whose machine is "cluster". */
export interface CertificateRow {
    readonly machine: string;
    readonly file: string;
    readonly health: Health;
    /** In ISO 8601; empty when the certificate cannot be read. */
    readonly end: string;
    /** Whole days, negative when it has ended; null when it cannot be read. */
    readonly daysLeft: number | null;
}

export function certificateRows({ machines }: Described, seen: Seen, { certificateDays }: Limits): CertificateRow[] {
    const onMachines = machines.flatMap(({ name: machine }) =>
        (reportOf(seen, machine)?.certificates ?? []).map((certificate) => ({ machine, ...certificate })),
    );
    return [...onMachines, { machine: "cluster", file: "kubeconfig", end: seen.kubeconfigEnd }].map(
        ({ machine, file, end }) => {
            const daysLeft = end === undefined ? null : daysBetween(seen.at, end);
            const health = daysLeft === null ? "unknown" : daysLeft < certificateDays ? "wrong" : "healthy";
            return { machine, file, health, end: end?.toISOString() ?? "", daysLeft };
        },
    );
}

/** Snapshots of etcd that a machine takes. */
export interface SnapshotRow {
    readonly machine: string;
    readonly health: Health;
    /** systemd's words for the schedule, and for how its last run ended; empty without a schedule. */
    readonly schedule: string;
    readonly lastRun: string;
    /** When the newest one was taken, in ISO 8601; empty when there is none. */
    readonly newest: string;
}

export function snapshotRows({ etcdMembers }: Described, seen: Seen, healthIn: HealthIn): SnapshotRow[] {
    return etcdMembers.flatMap((machine) => {
        const snapshots = reportOf(seen, machine)?.snapshots;
        if (snapshots === undefined) {
            return [];
        }
        const { schedule, lastRun, newest } = snapshots;
        return [
            { machine, health: healthIn("snapshots", machine), schedule, lastRun, newest: newest?.toISOString() ?? "" },
        ];
    });
}

/** The files of a machine that the program described. */
export interface DriftRow {
    readonly machine: string;
    readonly health: Health;
    /** How many files were noted when the machine was settled; null when none were. */
    readonly files: number | null;
    readonly changed: readonly ChangedFile[];
}

export function driftRows({ machines }: Described, seen: Seen, healthIn: HealthIn): DriftRow[] {
    return machines
        .filter(({ role }) => role !== "bastion")
        .map(({ name: machine }) => {
            const report = reportOf(seen, machine);
            return {
                machine,
                health: report === undefined ? "unknown" : healthIn("drift", machine),
                files: report?.recordedFiles ?? null,
                changed: report?.changedFiles ?? [],
            };
        });
}
