import { awsChangeRules, type AwsFacts, awsFacts } from "./awsChanges";
import type { Admission } from "../components/admission";
import type { Hosts } from "../components/platforms/localAddresses";
import { partsOf } from "../components/software";
import { endpointParts } from "../config/addresses";
import type { ClusterConfig } from "../config/clusterConfig";
import { etcdNames } from "../config/etcd";
import { nodeNames } from "../config/nodes";
import type { WorkerPool } from "../config/poolReader";
import { autoscalingPools, type MachineSize, poolsOf } from "../config/pools";
import { loadBalancer, usedHosts } from "../config/hosts";
import { compareVersions, parseVersion } from "../config/version";
import { replacementRules, type Replacements } from "./replacements";
import { isRestored, neverRestored, type Restore, restoreRules } from "./restores";

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

/**
 * Why a cluster must not become the one that is configured, each with the safe way; empty when it may.
 * `before` is what the stack's output holds, undefined for a cluster that was never completed.
 */
export function refusals(before: unknown, after: ClusterFacts): string[] {
    if (before === undefined) {
        return [];
    }
    const known = recorded(before);
    if (known === undefined) {
        return [
            "facts: what this stack recorded of its cluster is not readable by this version of the program; " +
                "use the version that made the last update, or a newer one",
        ];
    }
    return rules.flatMap((rule) => rule(known, after));
}

type Rule = (before: ClusterFacts, after: ClusterFacts) => string[];

const rules: readonly Rule[] = [
    immutableFields,
    awsChangeRules,
    controlPlanesStay,
    versionChange,
    oneAtATime,
    replacementRules,
    restoreRules,
];

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

/** What kubeadm cannot change in a running cluster, as a person names it. */
const immutable = {
    platform: "moves the cluster to other machines",
    clusterName: "names the cluster in every kubeconfig",
    podSubnet: "is the network of running pods",
    serviceSubnet: "holds the addresses of existing Services",
    dnsDomain: "is written into pods and certificates",
    controlPlaneEndpoint: "is written into every node and kubeconfig",
    etcd: "holds the cluster's data",
    cni: "connects running pods",
    localSubnet: "holds the addresses of the machines",
    awsVpc: "holds the addresses of the machines",
    awsZones: "says where machines and load balancers are",
    awsAddons: "sets flags of every kubelet that it has from its first start",
} as const satisfies Partial<Record<keyof ClusterFacts, string>>;

function immutableFields(before: ClusterFacts, after: ClusterFacts): string[] {
    // The keys of a literal, which TypeScript types as any string.
    const keys = Object.keys(immutable) as (keyof typeof immutable)[];
    return keys
        .filter((key) => before[key] !== after[key])
        .filter((key) => before.platform === after.platform || !isOfOnePlatform(key))
        .map(
            (key) =>
                `${key}: ${before[key] ?? "none"} cannot become ${after[key] ?? "none"}, it ${immutable[key]}; ` +
                "set it back, or make a second stack and move the workloads",
        );
}

function isOfOnePlatform(key: string): boolean {
    return /^(local|aws)/.test(key);
}

/**
 * Control planes leave one at a time, each only while etcd's other members are healthy, so going from 5 or 3 to 1
 * keeps quorum at every step. It takes one that stays: it alone holds the data when the others have left.
 */
function controlPlanesStay(before: ClusterFacts, after: ClusterFacts): string[] {
    return before.controlPlaneNodes.some((name) => after.controlPlaneNodes.includes(name))
        ? []
        : [
              `controlPlaneNodes: none of ${before.controlPlaneNodes.join(", ")} would stay; ` +
                  "keep them while the others are added, and take them out in a second update",
          ];
}

/** The first reason that applies: a later one would give advice that the earlier one takes back. */
function versionChange(before: ClusterFacts, after: ClusterFacts): string[] {
    if (isRestored(before, after)) {
        return [];
    }
    const reason = [downgrade, skippedMinor]
        .map((rule) => rule(before.kubernetesVersion, after.kubernetesVersion))
        .find((each) => each !== undefined);
    return reason === undefined
        ? []
        : [`kubernetesVersion: ${before.kubernetesVersion} cannot become ${after.kubernetesVersion}, ${reason}`];
}

function downgrade(before: string, after: string): string | undefined {
    return compareVersions(before, after) > 0
        ? `Kubernetes has no downgrade; set ${before} or a later version, or restore a snapshot of that one with it`
        : undefined;
}

function skippedMinor(before: string, after: string): string | undefined {
    const [from, to] = [minorOf(before), minorOf(after)];
    return to > from + 1 ? `minors cannot be skipped; go to 1.${from + 1} first` : undefined;
}

/**
 * A machine that joins is of the new version at once, and those that it joins are not yet. A control plane that leaves does so
 * at the end, with the version before, and kubeadm's addons wait for all API servers. In a restore all machines are new.
 */
function oneAtATime(before: ClusterFacts, after: ClusterFacts): string[] {
    if (before.kubernetesVersion === after.kubernetesVersion || isRestored(before, after)) {
        return [];
    }
    const known = [...before.etcdNodes, ...knownNodes(before)];
    const added = [...after.etcdNodes, ...knownNodes(after)].filter((name) => !known.includes(name));
    const gone = before.controlPlaneNodes.filter((name) => !after.controlPlaneNodes.includes(name));
    return [
        ...(added.length === 0
            ? []
            : [
                  `kubernetesVersion: an upgrade and new nodes (${added.join(", ")}) cannot be one update; ` +
                      "upgrade first, then add them",
              ]),
        ...(gone.length === 0
            ? []
            : [
                  `kubernetesVersion: an upgrade and fewer control planes (${gone.join(", ")}) cannot be one update; ` +
                      "upgrade first, then take them out",
              ]),
    ];
}

function minorOf(version: string): number {
    return parseVersion(version)?.minor ?? 0;
}

function isFacts(value: unknown): value is ClusterFacts {
    if (typeof value !== "object" || value === null) {
        return false;
    }
    const given = new Map<string, unknown>(Object.entries(value));
    const texts = ["kubernetesVersion", ...Object.keys(immutable)].filter((key) => !isOfOnePlatform(key));
    return (
        given.get("schema") === 1 &&
        typeof given.get("settings") === "object" &&
        texts.every((key) => typeof given.get(key) === "string") &&
        ["controlPlaneNodes", "workerNodes"].every((key) => Array.isArray(given.get(key)))
    );
}
