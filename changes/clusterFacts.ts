import type { Admission } from "../components/admission";
import type { Hosts } from "../components/platforms/localAddresses";
import { partsOf } from "../components/software";
import { endpointParts } from "../config/addresses";
import type { ClusterConfig } from "../config/clusterConfig";
import { etcdNames } from "../config/etcd";
import { loadBalancer, usedHosts } from "../config/hosts";
import { nodeNames } from "../config/nodes";
import type { WorkerPool } from "../config/poolReader";
import { autoscalingPools, type MachineSize, poolsOf } from "../config/pools";
import { type AwsFacts, awsFacts } from "./awsChanges";
import type { Replacements } from "./replacements";
import { neverRestored, type Restore } from "./restores";

/** The keys of settings that running nodes take. */
export const settingKeys = [
    "certSANs",
    "apiServerExtraArgs",
    "controllerManagerExtraArgs",
    "schedulerExtraArgs",
    "etcdExtraArgs",
    "extraVolumes",
    "extraEnvs",
    "kubelet",
    "kubeProxy",
    "kubeProxyMode",
    "containerd",
    "haproxy",
    "patches",
] as const;

/** What the rules of change, and the next update, need to know of a cluster; the stack's output `facts`. */
export interface ClusterFacts extends Replacements, AwsFacts {
    /** The form of these facts. */
    readonly schema: 1;
    readonly platform: string;
    readonly clusterName: string;
    readonly kubernetesVersion: string;
    /** Names of the control planes. */
    readonly controlPlaneNodes: readonly string[];
    /** Names of the workers of all pools. */
    readonly workerNodes: readonly string[];
    readonly podSubnet: string;
    readonly serviceSubnet: string;
    readonly dnsDomain: string;
    /** As the nodes see it, `host:port`. */
    readonly controlPlaneEndpoint: string;
    /** Where etcd runs. */
    readonly etcd: "stacked" | "external";
    /** Names of the machines that etcd has of its own. */
    readonly etcdNodes: readonly string[];
    /** Release of external etcd. */
    readonly etcdVersion?: string;
    readonly cni: string;
    /** On platform local only, as the next. */
    readonly localSubnet?: string;
    readonly localApiPort?: number;
    /** On platform hosts, where the operator reaches a load balancer by it. */
    readonly loadBalancerHost?: string;
    /** Settings of running components; what a change of them means is said before it is made. */
    readonly settings: Pick<ClusterConfig, (typeof settingKeys)[number]>;
    /** By node, the day on which its certificates were last found to be due. */
    readonly renewals: Readonly<Record<string, string>>;
    /** By node, which of its machines was admitted; added when the update is completed. */
    readonly admissions?: Readonly<Record<string, Admission>>;
    /** Settings of the kubelet by the name of the pool that has any. */
    readonly poolKubelets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    /** The same of containerd. */
    readonly poolContainerds: Readonly<Record<string, string>>;
    /** Where the cluster's data began. */
    readonly restore: Restore;
    /** Names of pools whose machines join by themselves. */
    readonly autoscalingPools: readonly string[];
    /** On platform local: hosts of machines whose names do not say them. */
    readonly hosts: Hosts;
}

/** What an update adds to its configuration from the one before it. */
export type Remembered = Pick<ClusterFacts, "renewals" | "generations" | "restore" | "hosts">;

/** The facts of a configured cluster; the endpoint is the one that the nodes see. */
export function facts(config: ClusterConfig, controlPlaneEndpoint: string, remembered: Remembered): ClusterFacts {
    const { controlPlanes, workers } = nodeNames(config);
    return {
        schema: 1,
        platform: config.platform,
        clusterName: config.clusterName,
        kubernetesVersion: config.kubernetesVersion,
        controlPlaneNodes: controlPlanes,
        workerNodes: workers,
        podSubnet: config.podSubnet,
        serviceSubnet: config.serviceSubnet,
        dnsDomain: config.dnsDomain,
        controlPlaneEndpoint,
        etcd: config.etcd,
        etcdNodes: etcdNames(config),
        ...(config.etcd === "stacked" ? {} : { etcdVersion: partsOf(config.kubernetesVersion).etcdRelease }),
        cni: config.cni,
        ...platformFacts(config),
        // One entry for each key, which is what the type says.
        settings: Object.fromEntries(settingKeys.map((key) => [key, config[key]])) as ClusterFacts["settings"],
        poolKubelets: ofPools(config, "kubelet"),
        poolContainerds: ofPools(config, "containerd"),
        autoscalingPools: autoscalingPools(config).map(({ name }) => name),
        replace: config.replace,
        ...remembered,
    };
}

/** A setting by the name of the pool that has any. */
function ofPools<Key extends "kubelet" | "containerd">(
    { workerPools }: ClusterConfig,
    key: Key,
): Record<string, WorkerPool[Key]> {
    const settings = Object.entries(workerPools).map(([pool, { [key]: value }]) => [pool, value] as const);
    // A map or a text, which is empty for none.
    return Object.fromEntries(settings.filter(([, value]) => Object.keys(value).length > 0));
}

function platformFacts(config: ClusterConfig): Partial<ClusterFacts> {
    switch (config.platform) {
        case "local":
            return {
                localSubnet: config.localSubnet,
                localApiPort: config.localApiPort,
                sizes: Object.fromEntries(
                    poolsOf(config).flatMap(({ nodes, size }) => nodes.map((name) => [name, sizeText(size)])),
                ),
            };
        case "hosts": {
            const { controlPlaneEndpoint: endpoint } = config;
            const balancer = config.hosts[loadBalancer];
            const own = balancer?.host ?? balancer?.address;
            return {
                // An endpoint that is written out is the operator's too.
                ...(own === undefined
                    ? {}
                    : { loadBalancerHost: endpoint === undefined ? own : endpointParts(endpoint).host }),
                machines: Object.fromEntries(
                    usedHosts(config).map(([name, { address, hostKey }]) => [name, `${address} ${hostKey}`]),
                ),
            };
        }
        case "aws":
            return awsFacts(config);
    }
}

function sizeText({ cpus, memoryMebibytes }: MachineSize): string {
    return `${cpus ?? "any"} CPUs, ${memoryMebibytes ?? "any"} MiB`;
}

/** What a stack recorded of its cluster; undefined when it was never completed, or is not readable. */
export function recorded(output: unknown): ClusterFacts | undefined {
    // A cluster from before there were pools, external etcd, restores or a key has no record of them.
    const none = {
        etcdNodes: [],
        poolKubelets: {},
        poolContainerds: {},
        autoscalingPools: [],
        replace: [],
        generations: {},
        restore: neverRestored,
        hosts: {},
    };
    const unset = { kubeProxy: {}, extraVolumes: {}, extraEnvs: {}, containerd: "", haproxy: {} };
    return isFacts(output) ? { ...none, ...output, settings: { ...unset, ...output.settings } } : undefined;
}

/** The names of all nodes. */
export function knownNodes({ controlPlaneNodes, workerNodes }: ClusterFacts): string[] {
    return [...controlPlaneNodes, ...workerNodes];
}

/** Texts that every record has. */
const textKeys: readonly (keyof ClusterFacts)[] = [
    "platform",
    "clusterName",
    "kubernetesVersion",
    "podSubnet",
    "serviceSubnet",
    "dnsDomain",
    "controlPlaneEndpoint",
    "etcd",
    "cni",
];

function isFacts(value: unknown): value is ClusterFacts {
    if (typeof value !== "object" || value === null) {
        return false;
    }
    const given = new Map<string, unknown>(Object.entries(value));
    return (
        given.get("schema") === 1 &&
        typeof given.get("settings") === "object" &&
        textKeys.every((key) => typeof given.get(key) === "string") &&
        ["controlPlaneNodes", "workerNodes"].every((key) => Array.isArray(given.get(key)))
    );
}
