import type { ClusterConfig } from "./clusterConfig";
import type { WorkerPool } from "./poolReader";

/** Labels in Kubernetes' own domains that a kubelet may give itself; the zone and the like are the instance's to say. */
const ownLabels = /^([a-z0-9.-]+\.)?(node|kubelet)\.kubernetes\.io\//;
const kubernetesDomains = /^([^/]+\.)?(kubernetes|k8s)\.io\//;

/** Pools whose instances join by themselves: only where there are such instances, and only what a kubelet may say. */
export function autoscalingRules(config: ClusterConfig): string[] {
    return Object.entries(config.workerPools).flatMap(([name, pool]) =>
        pool.autoscaling === undefined ? [] : problems(`workerPools: ${name}`, pool, config.platform),
    );
}

function problems(key: string, { autoscaling, labels }: WorkerPool, platform: string): string[] {
    const { min, max } = autoscaling ?? { min: 0, max: 0 };
    return [
        ...(platform === "aws"
            ? []
            : [`${key}: autoscaling: machines of platform ${platform} do not come by themselves; use count`]),
        ...(max === 0 ? [`${key}: autoscaling: max: 0 is no pool; use 1 or more, or take the pool out`] : []),
        ...(min > max ? [`${key}: autoscaling: min ${min} is more than max ${max}`] : []),
        ...Object.keys(labels)
            .filter((label) => kubernetesDomains.test(label) && !ownLabels.test(label))
            .map(
                (label) =>
                    `${key}: label ${label}: no kubelet may give it to itself; ` +
                    "use a domain of your own, or node.kubernetes.io",
            ),
    ];
}
