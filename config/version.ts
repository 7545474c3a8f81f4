import type { ClusterConfig } from "./clusterConfig";

const lowestMinor = 35;
const highestMinor = 37;

/** The first patch of a minor whose `kubeadm init` does not need a load balancer that is already healthy. */
const firstGoodPatch: Readonly<Record<number, number>> = { 35: 5, 36: 1 };

/** Three numbers of a Kubernetes version; nothing when the text is none. */
export function parseVersion(version: string): { major: number; minor: number; patch: number } | undefined {
    const [, major, minor, patch] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version) ?? [];
    return major === undefined ? undefined : { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** The Kubernetes version: three numbers, in the supported range. */
export function versionRules(config: ClusterConfig): string[] {
    const { kubernetesVersion } = config;
    const version = parseVersion(kubernetesVersion);
    if (version === undefined) {
        return [`kubernetesVersion: "${kubernetesVersion}" is not three numbers; for example 1.37.1`];
    }
    const { major, minor, patch } = version;
    if (major !== 1 || minor < lowestMinor || minor > highestMinor) {
        return [
            `kubernetesVersion: ${kubernetesVersion} is not supported; use 1.${lowestMinor} to 1.${highestMinor}, for example 1.37.1`,
        ];
    }
    const good = firstGoodPatch[minor] ?? 0;
    return patch < good
        ? [
              `kubernetesVersion: ${kubernetesVersion} may not finish kubeadm init behind a load balancer ` +
                  `(kubernetes/kubernetes#138449); use 1.${minor}.${good} or newer`,
          ]
        : [];
}

/** Below 0 when the first version is the older one, above 0 when it is the later one. */
export function compareVersions(one: string, other: string): number {
    return one.localeCompare(other, "en", { numeric: true });
}
