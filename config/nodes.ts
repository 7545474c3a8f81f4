import type { ClusterConfig } from "./clusterConfig";
import type { NodeSettings } from "./readers";
import { isDnsLabel } from "./names";
import { type PoolConfig, poolOf, poolsOf } from "./pools";

const etcdMemberLimit = 7;

/** The names of the machines of a cluster, pool by pool. */
export function nodeNames(config: PoolConfig): { controlPlanes: string[]; workers: string[] } {
    const namesOf = (role: string): string[] =>
        poolsOf(config).flatMap((pool) => (pool.role === role ? pool.nodes : []));
    return { controlPlanes: namesOf("control-plane"), workers: namesOf("worker") };
}

/** The labels and taints of one node: those of its pool and its own. */
export function nodeSettings(config: ClusterConfig, name: string): NodeSettings {
    const pool = poolOf(config, name);
    const own = config.nodes[name] ?? {};
    return {
        labels: { ...pool?.labels, ...own.labels },
        taints: [...(pool?.taints ?? []), ...(own.taints ?? [])],
    };
}

/** The pool, or etcd, whose node or member a name says; nothing when the cluster has none of that name. */
export function poolNameOf({ etcd, workerPools }: ClusterConfig, node: string): string | undefined {
    const pool = /^(.+)-\d+$/.exec(node)?.[1];
    const pools = ["control-plane", "worker", ...Object.keys(workerPools), ...(etcd === "external" ? ["etcd"] : [])];
    return pools.find((name) => name === pool);
}

/** Numbers of nodes, and the cluster's name. */
export function countRules(config: ClusterConfig): string[] {
    const { controlPlaneNodes, clusterName } = config;
    return [
        ...(isDnsLabel(clusterName)
            ? []
            : [
                  `clusterName: "${clusterName}" is not a DNS label; ` +
                      `use up to 63 lower-case letters, digits and "-", for example prod-1`,
              ]),
        ...(controlPlaneNodes % 2 === 0
            ? [`controlPlaneNodes: ${controlPlaneNodes} cannot keep quorum; use 1, 3, 5 or 7`]
            : []),
        ...(controlPlaneNodes % 2 === 1 && controlPlaneNodes > etcdMemberLimit
            ? [`controlPlaneNodes: ${controlPlaneNodes} is more than etcd works well with; use 1, 3, 5 or 7`]
            : []),
    ];
}
