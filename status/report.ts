import { X509Certificate } from "node:crypto";

/** A service of systemd. */
export interface Service {
    readonly name: string;
    /** systemd's ActiveState. */
    readonly state: string;
    /** Version of the process; empty when there is none. */
    readonly running: string;
    /** Version of the program on disk; empty when there is none. */
    readonly installed: string;
}

/** A container of the control plane that runs. */
export interface Component {
    readonly name: string;
    /** Tag of its image. */
    readonly tag: string;
    /** Whether it says so itself. */
    readonly isReady: boolean;
}

export interface Certificate {
    readonly file: string;
    /** Undefined when the file is no certificate that can be read. */
    readonly end: Date | undefined;
}

/** A server behind a load balancer, in HAProxy's words. */
export interface Backend {
    readonly name: string;
    /** UP, DOWN, MAINT, … */
    readonly state: string;
    /** L7OK, L4CON, … */
    readonly check: string;
}

/** Whether a load balancer sends to a server; "UP 1/2" is one that has just missed a check. */
export function isUp({ state }: Pick<Backend, "state">): boolean {
    return /^UP\b/.test(state);
}

/** What a machine's member of etcd answered, as JSON, by what it was asked: status, members, alarms, read, error. */
export type EtcdAnswers = Readonly<Record<string, string>>;

/** Snapshots of etcd on a machine. */
export interface Snapshots {
    /** systemd's ActiveState of the timer; empty without a schedule. */
    readonly schedule: string;
    /** systemd's Result of the last scheduled run, "success" before the first; empty without a schedule. */
    readonly lastRun: string;
    /** When the newest one was taken; undefined when there is none. */
    readonly newest: Date | undefined;
}

/** A file that is not as the program described it. */
export interface ChangedFile {
    readonly path: string;
    readonly state: "changed" | "missing" | "unknown";
}

/** What a machine reported of itself. */
export interface MachineReport {
    readonly services: readonly Service[];
    readonly components: readonly Component[];
    readonly certificates: readonly Certificate[];
    /** Undefined on a machine without etcd. */
    readonly etcd: EtcdAnswers | undefined;
    /** Undefined on a machine that never took one. */
    readonly snapshots: Snapshots | undefined;
    readonly backends: readonly Backend[];
    /** How many files were noted as described; undefined when nothing was noted. */
    readonly recordedFiles: number | undefined;
    readonly changedFiles: readonly ChangedFile[];
    /** What the machine could not learn of itself. */
    readonly problems: readonly string[];
}

/** Reads what inspect.sh prints. Throws when it is cut off, or not such a report. */
export function parseReport(text: string): MachineReport {
    const lines = text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split("\t").map((field) => (field === "-" ? "" : field)));
    if (lines.at(-1)?.[0] !== "end") {
        throw new Error("its report was cut off");
    }
    const kinds = [
        "service",
        "component",
        "certificate",
        "etcd",
        "snapshots",
        "backend",
        "record",
        "file",
        "error",
        "end",
    ];
    const strange = lines.find(([kind = ""]) => !kinds.includes(kind));
    if (strange !== undefined) {
        throw new Error(`its report has a line "${strange.join(" ").slice(0, 80)}"`);
    }
    const of = (kind: string): string[][] => lines.filter(([first]) => first === kind).map((fields) => fields.slice(1));
    const etcd = of("etcd").map(([what = "", answer = ""]) => [what, answer] as const);
    const [record] = of("record");
    const [snapshots] = of("snapshots");
    return {
        services: of("service").map(([name = "", state = "", running = "", installed = ""]) => ({
            name,
            state,
            running,
            installed,
        })),
        components: of("component").map(([name = "", tag = "", ready = ""]) => ({
            name,
            tag,
            isReady: ready === "yes",
        })),
        certificates: of("certificate").map(([file = "", content = ""]) => ({ file, end: endOf(content) })),
        etcd: etcd.length === 0 ? undefined : Object.fromEntries(etcd),
        snapshots: snapshots === undefined ? undefined : snapshotsOf(snapshots),
        backends: of("backend").map(([name = "", state = "", check = ""]) => ({ name, state, check })),
        recordedFiles: record?.[0] === undefined || record[0] === "" ? undefined : Number(record[0]),
        changedFiles: of("file").map(([state = "", path = ""]) => ({ path, state: fileState(state) })),
        problems: of("error").map(([what = "", why = ""]) => `${what}: ${why}`),
    };
}

/** The end of a certificate that is given as base64, of its PEM or of what is in it. */
function endOf(content: string): Date | undefined {
    try {
        return new Date(new X509Certificate(Buffer.from(content, "base64")).validTo);
    } catch {
        return undefined;
    }
}

/** The name of a snapshot has the time at which it was taken: etcd-20261121T130049Z-scheduled.db. */
function snapshotsOf([schedule = "", lastRun = "", file = ""]: readonly string[]): Snapshots {
    const time = /^etcd-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(file);
    const [year, month, day, hour, minute, second] = time?.slice(1) ?? [];
    const newest = time === null ? undefined : new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    return { schedule, lastRun, newest };
}

function fileState(text: string): ChangedFile["state"] {
    return text === "changed" || text === "missing" ? text : "unknown";
}
