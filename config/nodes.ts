import type { ClusterConfig, NodeSettings } from "../config";
import { isDnsLabel } from "./names";

const etcdMemberLimit = 7;

/** The names of the machines of a cluster, numbered from 1. */
export function nodeNames(config: Pick<ClusterConfig, "controlPlaneNodes" | "workerNodes">): {
    controlPlanes: string[];
    workers: string[];
} {
    return {
        controlPlanes: numbered("control-plane", config.controlPlaneNodes),
        workers: numbered("worker", config.workerNodes),
    };
}

/** The labels and taints of one node: those of its role and its own. */
export function nodeSettings(config: ClusterConfig, name: string): NodeSettings {
    const isControlPlane = nodeNames(config).controlPlanes.includes(name);
    const own = config.nodes[name] ?? {};
    return {
        labels: { ...(isControlPlane ? config.controlPlaneLabels : config.workerLabels), ...own.labels },
        taints: [...(isControlPlane ? config.controlPlaneTaints : config.workerTaints), ...(own.taints ?? [])],
    };
}

function numbered(role: string, count: number): string[] {
    return Array.from({ length: count }, (_, index) => `${role}-${String(index + 1)}`);
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
