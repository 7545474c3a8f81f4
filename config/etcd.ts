import type { ClusterConfig } from "./clusterConfig";

const sizes = [1, 3, 5];

/** The names of the machines that etcd has of its own; none when it runs on the control planes. */
export function etcdNames({ etcd, etcdNodes }: Pick<ClusterConfig, "etcd" | "etcdNodes">): string[] {
    return etcd === "stacked" ? [] : Array.from({ length: etcdNodes }, (_, index) => `etcd-${String(index + 1)}`);
}

/** External etcd: a number of members that keeps quorum, and nothing that is about etcd as a static pod. */
export function etcdRules({ etcd, etcdNodes, patches }: ClusterConfig): string[] {
    if (etcd === "stacked") {
        return [];
    }
    return [
        ...(sizes.includes(etcdNodes) ? [] : [`etcdNodes: ${etcdNodes} is no good number of members; use 1, 3 or 5`]),
        ...Object.keys(patches)
            .filter((file) => file.startsWith("etcd"))
            .map((file) => `patches: ${file} is for a static pod, and external etcd is none; use etcdExtraArgs`),
    ];
}
