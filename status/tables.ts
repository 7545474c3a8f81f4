import type { Health } from "./finding";
import type { CertificateRow } from "./machineRows";
import type { MemberRow } from "./nodeRows";
import type { Status } from "./status";

/** A section of the status as text in rows and columns. */
export interface Table {
    readonly title: string;
    /** Headings of the columns; the first names a machine. */
    readonly columns: readonly string[];
    readonly rows: readonly { readonly health: Health; readonly cells: readonly string[] }[];
}

type Row = Table["rows"][number];

const longestTable = 40;

/** The rows of a table to show, and those that are left out of a long one since they are healthy. */
export function split({ rows }: Table): { readonly shown: readonly Row[]; readonly healthy: readonly Row[] } {
    return rows.length <= longestTable
        ? { shown: rows, healthy: [] }
        : {
              shown: rows.filter(({ health }) => health !== "healthy"),
              healthy: rows.filter(({ health }) => health === "healthy"),
          };
}

/** The sections of the status that have rows. */
export function tables(status: Status): Table[] {
    return [
        nodes(status),
        etcd(status),
        snapshots(status),
        backends(status),
        certificates(status),
        drift(status),
    ].filter(({ rows }) => rows.length > 0);
}

function nodes(status: Status): Table {
    return {
        title: "nodes",
        columns: ["node", "state", "described", "kubelet", "control plane", "containerd"],
        rows: status.nodes.map((node) => ({
            health: node.health,
            cells: [
                node.name,
                node.isSchedulable ? node.state : `${node.state}, cordoned`,
                node.described,
                node.kubelet,
                node.controlPlane.join(", "),
                node.containerd,
            ],
        })),
    };
}

function etcd(status: Status): Table {
    const healthy = status.etcd.filter(({ health }) => health === "healthy").length;
    const quorum = Math.floor(status.etcdVoters / 2) + 1;
    return {
        title: `etcd: ${healthy} of ${status.etcdVoters} healthy, the quorum is ${quorum}`,
        columns: ["member", "state", "version", "size", "alarms"],
        rows: status.etcd.map((member) => ({
            health: member.health,
            cells: [member.name, member.state, member.version, size(member), member.alarms.join(", ")],
        })),
    };
}

function size({ sizeBytes, quotaBytes }: MemberRow): string {
    if (sizeBytes === 0) {
        return "";
    }
    return `${(sizeBytes / 1024 ** 2).toFixed(1)} MiB, ${Math.round((100 * sizeBytes) / quotaBytes)} %`;
}

function snapshots(status: Status): Table {
    return {
        title: "snapshots of etcd",
        columns: ["machine", "schedule", "last run", "newest"],
        rows: status.snapshots.map(({ machine, health, schedule, lastRun, newest }) => ({
            health,
            cells: [machine, schedule, lastRun, newest.replace(".000Z", "Z")],
        })),
    };
}

function backends(status: Status): Table {
    return {
        title: "load balancer",
        columns: ["machine", "leads to", "state", "check"],
        rows: status.backends.map((backend) => ({
            health: backend.health,
            cells: [backend.loadBalancer, backend.name, backend.state, backend.check],
        })),
    };
}

/** Of each machine the certificate that ends first. */
function certificates(status: Status): Table {
    const machines = [...new Set(status.certificates.map(({ machine }) => machine))];
    return {
        title: "certificates",
        columns: ["machine", "count", "days left", "the first to end"],
        rows: machines.map((machine) => {
            const own = status.certificates.filter((certificate) => certificate.machine === machine);
            const [first] = [...own].sort(byEnd);
            const isWrong = own.some(({ health }) => health === "wrong");
            const isUnknown = own.some(({ health }) => health === "unknown");
            return {
                health: isWrong ? "wrong" : isUnknown ? "unknown" : "healthy",
                cells: [machine, String(own.length), String(first?.daysLeft ?? ""), first?.file ?? ""],
            };
        }),
    };
}

function byEnd(one: CertificateRow, other: CertificateRow): number {
    return one.end.localeCompare(other.end);
}

function drift(status: Status): Table {
    return {
        title: "drift",
        columns: ["machine", "files", "not as described"],
        rows: status.drift.map(({ machine, health, files, changed }) => ({
            health,
            cells: [
                machine,
                health === "unknown" ? "" : String(files ?? "not recorded"),
                changed.map(({ path, state }) => `${path} (${state})`).join(", "),
            ],
        })),
    };
}
