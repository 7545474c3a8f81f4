import type { Role } from "../components/platforms/platform";

/** A machine as the stack describes it. */
export interface DescribedMachine {
    /** What Kubernetes and etcd call it, if it is a node. */
    readonly name: string;
    readonly role: Role;
    /** Version of Kubernetes that it should run; none for a machine that is no node. */
    readonly version?: string;
    /** The arguments of `ssh` by which a person gets to it. */
    readonly ssh: readonly string[];
}

/** The cluster as the stack's outputs describe it. */
export interface Described {
    readonly clusterName: string;
    /** `host:port`, as the nodes see it. */
    readonly endpoint: string;
    readonly machines: readonly DescribedMachine[];
    /** Names of pools whose machines come and go without an update. */
    readonly autoscalingPools: readonly string[];
    /** Names of the machines that run a member of etcd. */
    readonly etcdMembers: readonly string[];
    /** Version of etcd where it runs on machines of its own. */
    readonly etcdVersion?: string;
}

/** Reads the stack's outputs. Throws when they are not those of a cluster. */
export function describedBy(outputs: unknown): Described {
    const fields = fieldsOf(outputs);
    const facts = fieldsOf(fields.get("facts"));
    const nodes = listOf(fields.get("nodes")).map(fieldsOf);
    const etcdNodes = listOf(facts.get("etcdNodes"));
    const machines = [...fieldsOf(fields.get("sshCommands"))].map(([machine, command]) => {
        const node = nodes.find((each) => each.get("name") === machine);
        const role = etcdNodes.includes(machine) ? "etcd" : roleOf(machine, node?.get("role"));
        const nodeName = node?.get("nodeName");
        const name = typeof nodeName === "string" ? nodeName : machine;
        const version = node?.get("version");
        const ssh = wordsOf(String(command)).slice(1);
        return { name, role, ...(typeof version === "string" ? { version } : {}), ssh };
    });
    const etcdVersion = facts.get("etcdVersion");
    const holder: Role = facts.get("etcd") === "external" ? "etcd" : "control-plane";
    return {
        clusterName: textOf(facts, "clusterName"),
        endpoint: textOf(facts, "controlPlaneEndpoint"),
        machines: machines.sort(inOrder),
        autoscalingPools: listOf(facts.get("autoscalingPools")).map(String),
        etcdMembers: machines.filter(({ role }) => role === holder).map(({ name }) => name),
        ...(typeof etcdVersion === "string" ? { etcdVersion } : {}),
    };
}

/** The operator's kubeconfig, which is secret. */
export function kubeconfigOf(outputs: unknown): string {
    return textOf(fieldsOf(outputs), "kubeconfig");
}

/** Machines that are nodes of the cluster. */
export function nodesOf({ machines }: Described): DescribedMachine[] {
    return machines.filter(({ role }) => role === "control-plane" || role === "worker");
}

/** The words of a command line, of which some are quoted. */
function wordsOf(command: string): string[] {
    return (command.match(/("[^"]*"|[^\s"])+/g) ?? []).map((word) => word.replaceAll('"', ""));
}

const roles: readonly Role[] = ["load-balancer", "bastion", "control-plane", "etcd", "worker"];

/** The outputs give the roles of nodes; other machines are told by their names. */
function roleOf(name: string, given: unknown): Role {
    if (name === "admin") {
        return "bastion";
    }
    const role = roles.find((each) => each === given) ?? roles.find((each) => name.startsWith(each));
    if (role === undefined) {
        throw new Error(`the stack's outputs do not say what the machine ${name} is for`);
    }
    return role;
}

/** By role, then by name, with numbers in names as numbers. */
function inOrder(one: DescribedMachine, other: DescribedMachine): number {
    const byRole = roles.indexOf(one.role) - roles.indexOf(other.role);
    return byRole === 0 ? one.name.localeCompare(other.name, "en", { numeric: true }) : byRole;
}

function textOf(fields: ReadonlyMap<string, unknown>, name: string): string {
    const value = fields.get(name);
    if (typeof value !== "string") {
        throw new Error(`the stack's outputs have no ${name}; run npm start, which completes the cluster`);
    }
    return value;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function listOf(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}
