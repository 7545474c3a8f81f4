import type { NodeObject } from "../../status/nodeObject";
import { type Described, describedBy } from "../../status/described";
import type { MachineReport } from "../../status/report";
import type { Seen } from "../../status/seen";

/** When the cluster is seen. */
export const now = new Date("2026-11-21T12:00:00Z");

/** A time so many days after `now`. */
export function inDays(days: number): Date {
    return new Date(now.getTime() + days * 24 * 60 * 60 * 1000);
}

/** The outputs of a stack with these control planes and workers. */
export function stackOutputs(controlPlanes = 3, workers = 2): Record<string, unknown> {
    const nodes = [
        ...names("control-plane", controlPlanes).map((name) => ({ name, role: "control-plane", version: "1.37.1" })),
        ...names("worker", workers).map((name) => ({ name, role: "worker", version: "1.37.1" })),
    ];
    const sshCommands = ["load-balancer", ...nodes.map(({ name }) => name)].map((name) => [
        name,
        `ssh -i .state/dev/login-key admin@${name}`,
    ]);
    return {
        facts: {
            clusterName: "dev",
            controlPlaneEndpoint: "172.30.0.5:6443",
            etcd: "stacked",
            autoscalingPools: ["batch"],
        },
        nodes,
        sshCommands: Object.fromEntries(sshCommands),
        kubeconfig: "the kubeconfig",
    };
}

function names(role: string, count: number): string[] {
    return Array.from({ length: count }, (_, index) => `${role}-${index + 1}`);
}

/** What differs from a healthy cluster. */
export interface Differences {
    /** Changes of a machine's report, or why there is none. */
    readonly machines?: Readonly<Record<string, Partial<MachineReport> | string>>;
    /** What the API says of the nodes, or why it says nothing. */
    readonly api?: readonly NodeObject[] | string;
    readonly isCutOff?: boolean;
    readonly kubeconfigEnd?: Date | undefined;
}

/** What is seen of a described cluster that is healthy but for these differences. */
export function seenCluster(described: Described, differences: Differences = {}): Seen {
    const machines = described.machines.map(({ name, role }) => {
        const difference = differences.machines?.[name] ?? {};
        const learnt =
            typeof difference === "string"
                ? { problem: difference }
                : { value: { ...healthyReport(described, name, role), ...difference } };
        return [name, learnt] as const;
    });
    const { api = healthyNodes(described) } = differences;
    return {
        at: now,
        machines: new Map(machines),
        api: typeof api === "string" ? { problem: api } : { value: api },
        isCutOff: differences.isCutOff ?? false,
        kubeconfigEnd: "kubeconfigEnd" in differences ? differences.kubeconfigEnd : inDays(360),
    };
}

/** The described cluster of `stackOutputs()`. */
export function describedCluster(controlPlanes?: number, workers?: number): Described {
    return describedBy(stackOutputs(controlPlanes, workers));
}

const components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

function healthyReport(described: Described, name: string, role: string): MachineReport {
    const isControlPlane = role === "control-plane";
    const nothing = {
        components: [],
        etcd: undefined,
        snapshots: undefined,
        backends: [],
        changedFiles: [],
        problems: [],
    };
    if (role === "load-balancer") {
        return {
            ...nothing,
            services: [{ name: "haproxy", state: "active", running: "2.6.12", installed: "2.6.12" }],
            certificates: [{ file: "/etc/haproxy/kubernetes-ca.crt", end: inDays(3600) }],
            backends: controlPlanesOf(described).map((each) => ({ name: each, state: "UP", check: "L7OK" })),
            recordedFiles: 2,
        };
    }
    return {
        ...nothing,
        services: [
            { name: "kubelet", state: "active", running: "1.37.1", installed: "1.37.1" },
            { name: "containerd", state: "active", running: "2.3.7", installed: "2.3.7" },
        ],
        components: isControlPlane ? components.map((each) => ({ name: each, tag: "v1.37.1", isReady: true })) : [],
        certificates: [
            { file: "/var/lib/kubelet/pki/kubelet-client-current.pem", end: inDays(364) },
            ...(isControlPlane ? [{ file: "/etc/kubernetes/pki/apiserver.crt", end: inDays(365) }] : []),
        ],
        etcd: described.etcdMembers.includes(name) ? etcdAnswers(described.etcdMembers, name) : undefined,
        snapshots: described.etcdMembers.includes(name)
            ? { schedule: "active", lastRun: "success", newest: new Date("2026-11-21T11:00:17Z") }
            : undefined,
        recordedFiles: isControlPlane ? 9 : 4,
    };
}

/** What a healthy member of etcd answers; the first is the leader. Ids are 101, 102, … */
export function etcdAnswers(
    members: readonly string[],
    name: string,
    status: Record<string, unknown> = {},
): Record<string, string> {
    const id = (member: string): string => String(101 + members.indexOf(member));
    return {
        status: JSON.stringify({
            header: { cluster_id: "7", member_id: id(name), revision: "900", raft_term: "2" },
            version: "3.7.0",
            dbSize: String(4 * 1024 ** 2),
            leader: "101",
            ...status,
        }),
        members: JSON.stringify({ members: members.map((member) => ({ ID: id(member), name: member })) }),
        alarms: JSON.stringify({ header: {} }),
        read: JSON.stringify({ header: {} }),
    };
}

function healthyNodes(described: Described): NodeObject[] {
    const nodes = described.machines.filter(({ role }) => role === "control-plane" || role === "worker");
    return nodes.map(({ name }) => ({
        name,
        isReady: true,
        message: "kubelet is posting ready status",
        kubeletVersion: "1.37.1",
        pressures: [],
        isSchedulable: true,
        selfJoinedFor: "",
    }));
}

function controlPlanesOf({ machines }: Described): string[] {
    return machines.filter(({ role }) => role === "control-plane").map(({ name }) => name);
}
