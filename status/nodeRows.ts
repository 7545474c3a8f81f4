import type { Role } from "../components/platforms/platform";
import { type Described, type DescribedMachine, nodesOf } from "./described";
import type { EtcdMember } from "./etcdMember";
import type { Health, HealthIn } from "./finding";
import { valueOf } from "./learnt";
import { type NodeObject, withoutV } from "./nodeObject";
import { memberOn } from "./rules/etcd";
import { kubeletVersion } from "./rules/nodes";
import { reportOf, type Seen } from "./seen";

/** A node, described or not. */
export interface NodeRow {
    readonly name: string;
    /** "unknown" for a node that nobody described. */
    readonly role: Role | "unknown";
    readonly health: Health;
    readonly state: "Ready" | "NotReady" | "missing" | "unknown";
    /** Whether it takes new pods. */
    readonly isSchedulable: boolean;
    /** Versions; empty where there is none, or none is known. */
    readonly described: string;
    readonly kubelet: string;
    readonly controlPlane: readonly string[];
    readonly containerd: string;
}

/** The nodes in the order of their description, then those that nobody described. */
export function nodeRows(described: Described, seen: Seen, healthIn: HealthIn): NodeRow[] {
    const objects = valueOf(seen.api);
    const machines = nodesOf(described);
    const strangers = (objects ?? []).filter(({ name }) => !machines.some((machine) => machine.name === name));
    return [
        ...machines.map((machine) => nodeRow(machine, seen, healthIn)),
        ...strangers.map((node) => ({
            name: node.name,
            role: described.autoscalingPools.includes(node.selfJoinedFor) ? ("worker" as const) : ("unknown" as const),
            health: healthIn("nodes", node.name),
            state: stateOf(node),
            isSchedulable: node.isSchedulable,
            described: "",
            kubelet: node.kubeletVersion,
            controlPlane: [],
            containerd: "",
        })),
    ];
}

function nodeRow(machine: DescribedMachine, seen: Seen, healthIn: HealthIn): NodeRow {
    const { name, role } = machine;
    const objects = valueOf(seen.api);
    const node = objects?.find((each) => each.name === name);
    const report = reportOf(seen, name);
    const health = healthIn("nodes", name);
    const tags = (report?.components ?? []).map(({ tag }) => tag);
    return {
        name,
        role,
        health: objects === undefined && health === "healthy" ? "unknown" : health,
        state: objects === undefined ? "unknown" : node === undefined ? "missing" : stateOf(node),
        isSchedulable: node?.isSchedulable ?? true,
        described: machine.version ?? "",
        kubelet: kubeletVersion(machine, seen),
        controlPlane: [...new Set(tags.map(withoutV))].sort(),
        containerd: report?.services.find((service) => service.name === "containerd")?.running ?? "",
    };
}

function stateOf({ isReady }: NodeObject): NodeRow["state"] {
    return isReady ? "Ready" : "NotReady";
}

/** A member of etcd. */
export interface MemberRow {
    readonly name: string;
    readonly health: Health;
    readonly state: "leader" | "follower" | "learner" | "down" | "unknown";
    readonly version: string;
    readonly sizeBytes: number;
    /** Size at which etcd takes no more writes. */
    readonly quotaBytes: number;
    readonly alarms: readonly string[];
}

export function memberRows({ etcdMembers }: Described, seen: Seen, healthIn: HealthIn): MemberRow[] {
    return etcdMembers.map((name) => {
        const member = memberOn(name, seen);
        return {
            name,
            health: member === undefined ? "unknown" : healthIn("etcd", name),
            state: member === undefined ? "unknown" : memberState(member),
            version: member?.version ?? "",
            sizeBytes: member?.sizeBytes ?? 0,
            quotaBytes: member?.quotaBytes ?? 0,
            alarms: (member?.alarms ?? []).filter(({ memberId }) => memberId === member?.id).map((alarm) => alarm.name),
        };
    });
}

function memberState({ id, leaderId, members }: EtcdMember): MemberRow["state"] {
    if (id === "") {
        return "down";
    }
    if (members.some((member) => member.id === id && member.isLearner)) {
        return "learner";
    }
    return id === leaderId ? "leader" : "follower";
}
