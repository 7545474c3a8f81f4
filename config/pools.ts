import type { ClusterConfig } from "./clusterConfig";
import type { Autoscaling, WorkerPool } from "./poolReader";
import type { Json, Labels } from "./readers";

/** Nodes that have all in common but their numbers. */
export interface Pool {
    /** "control-plane", "worker", or a name of `workerPools`; its nodes are `<name>-<number>`. */
    readonly name: string;
    readonly role: "control-plane" | "worker";
    /** Names of its nodes, in the order of their numbers, without those that are taken out. */
    readonly nodes: readonly string[];
    readonly labels: Labels;
    /** "key=value:Effect" or "key:Effect". */
    readonly taints: readonly string[];
    /** Fields of KubeletConfiguration that go over those of the cluster. */
    readonly kubelet: Readonly<Record<string, Json>>;
    /** TOML for containerd that goes over that of the cluster; empty for none. */
    readonly containerd: string;
    /** Size of its machines, where the platform makes them. */
    readonly size: MachineSize;
    /** How many of its nodes may be out of service at a time, at least 1. */
    readonly maxUnavailable: number;
}

/** A pool whose instances AWS makes and ends, each of which joins by itself. */
export interface AutoscalingPool extends Omit<Pool, "nodes" | "role" | "size">, Autoscaling {}

/** How large a machine is; what is left out is up to the platform. */
export interface MachineSize {
    readonly cpus?: number;
    readonly memoryMebibytes?: number;
}

/** What decides about the pools of a cluster. */
export type PoolConfig = Pick<
    ClusterConfig,
    | "controlPlaneNodes"
    | "controlPlaneLabels"
    | "controlPlaneTaints"
    | "workerNodes"
    | "workerLabels"
    | "workerTaints"
    | "workerMaxUnavailable"
    | "workerPools"
    | "withoutNodes"
>;

/** All pools of nodes with names: the control planes, the pool `worker`, then those of `workerPools` in their order. */
export function poolsOf(config: PoolConfig): Pool[] {
    const controlPlanes: Pool = {
        name: "control-plane",
        role: "control-plane",
        nodes: numbered("control-plane", config.controlPlaneNodes),
        labels: config.controlPlaneLabels,
        taints: config.controlPlaneTaints,
        kubelet: {},
        containerd: "",
        size: {},
        maxUnavailable: 1,
    };
    return [controlPlanes, ...workerPools(config)];
}

/** The pools of nodes without names, in their order; `maxUnavailable` is that of a pool at its largest. */
export function autoscalingPools({ workerPools: pools }: Pick<PoolConfig, "workerPools">): AutoscalingPool[] {
    return Object.entries(pools).flatMap(
        ([name, { autoscaling, labels, taints, kubelet, containerd, maxUnavailable }]) =>
            autoscaling === undefined
                ? []
                : [
                      {
                          name,
                          labels,
                          taints,
                          kubelet,
                          containerd,
                          ...autoscaling,
                          maxUnavailable: shareOf(maxUnavailable, autoscaling.max),
                      },
                  ],
    );
}

/** The pool of a node; nothing when no pool has it. */
export function poolOf(config: PoolConfig, node: string): Pool | undefined {
    return poolsOf(config).find(({ nodes }) => nodes.includes(node));
}

/** The pool of a machine by its name, which is that and a number, or that alone. */
export function poolOfName(name: string): string {
    return name.replace(/-\d+$/, "");
}

/** Names of all nodes that the counts stand for, those that are taken out included. */
export function numberedNodes(config: PoolConfig): string[] {
    return poolsOf({ ...config, withoutNodes: [] }).flatMap(({ nodes }) => nodes);
}

function workerPools(config: PoolConfig): Pool[] {
    const { workerLabels: labels, workerTaints: taints, workerMaxUnavailable: maxUnavailable } = config;
    const standard: WorkerPool = {
        count: config.workerNodes,
        labels,
        taints,
        maxUnavailable,
        kubelet: {},
        containerd: "",
    };
    const pools = Object.entries({ worker: standard, ...config.workerPools });
    const named = pools.filter(([, { autoscaling }]) => autoscaling === undefined);
    return named.map(([name, settings]) => {
        const nodes = numbered(name, settings.count).filter((node) => !config.withoutNodes.includes(node));
        return {
            name,
            role: "worker",
            nodes,
            labels: settings.labels,
            taints: settings.taints,
            kubelet: settings.kubelet,
            containerd: settings.containerd,
            size: sizeOf(settings),
            maxUnavailable: shareOf(settings.maxUnavailable, nodes.length),
        };
    });
}

function numbered(pool: string, count: number): string[] {
    return Array.from({ length: count }, (_, index) => `${pool}-${String(index + 1)}`);
}

function sizeOf({ cpus, memory }: WorkerPool): MachineSize {
    return {
        ...(cpus === undefined ? {} : { cpus }),
        ...(memory === undefined ? {} : { memoryMebibytes: toMebibytes(memory) }),
    };
}

/** The MiB of an amount such as 512Mi or 4Gi; NaN when it is none. */
export function toMebibytes(memory: string): number {
    const [, count, unit] = /^([1-9]\d*)(Mi|Gi)$/.exec(memory) ?? [];
    return Number(count) * (unit === "Gi" ? 1024 : 1);
}

/** A number of nodes from "3" or from "10%", which is rounded up; at least 1. */
function shareOf(text: string, count: number): number {
    const number = Number(text.replace("%", ""));
    return Math.max(1, text.endsWith("%") ? Math.ceil((number * count) / 100) : number);
}
