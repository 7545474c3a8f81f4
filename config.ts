import * as pulumi from "@pulumi/pulumi";
import { awsMachines, awsRules, awsVpc } from "./config/aws";
import { awsBastion } from "./config/awsBastion";
import { containerdRules } from "./config/containerd";
import { etcdRules } from "./config/etcd";
import { extraArgsRules } from "./config/extraArgs";
import { kubeletRules, kubeProxyRules } from "./config/fields";
import { haproxy, haproxyRules, type HaproxySettings } from "./config/haproxy";
import { hostRules, hosts } from "./config/hosts";
import { labelAndTaintRules } from "./config/labels";
import { leaderElectionRules } from "./config/leaderElection";
import { nearest } from "./config/names";
import { addressRules, subnetRules } from "./config/network";
import { countRules } from "./config/nodes";
import { patchRules } from "./config/patches";
import { workerPoolMap } from "./config/poolReader";
import { autoscalingRules } from "./config/autoscaling";
import { nodeListRules, poolRules } from "./config/poolRules";
import { autoscalingPools, poolsOf } from "./config/pools";
import {
    anyMap,
    extraArgs,
    messageOf,
    nodeSettingsMap,
    oneOf,
    type Reader,
    text,
    textList,
    textMap,
    trueOrFalse,
    wholeNumber,
} from "./config/readers";
import { type RegistryMirrors, registryMirrorRules, registryMirrors } from "./config/registryMirrors";
import { renewalRules } from "./config/renewal";
import { type EtcdSnapshots, etcdSnapshots, snapshotRules } from "./config/snapshots";
import { type ExtraEnvs, extraEnvs, type ExtraVolumes, extraVolumes, staticPodRules } from "./config/staticPods";
import { versionRules } from "./config/version";
import { software } from "./components/software";

export { addonsOfKubelets } from "./config/aws";
export { etcdNames } from "./config/etcd";
export { nodeNames, nodeSettings } from "./config/nodes";
export type { HaproxySettings } from "./config/haproxy";
export type { RegistryMirrors } from "./config/registryMirrors";
export { type AutoscalingPool, autoscalingPools, type MachineSize, type Pool, poolOf, poolsOf } from "./config/pools";
export type { ExtraEnvs, ExtraVolumes, StaticPod } from "./config/staticPods";
export type { EtcdSnapshots } from "./config/snapshots";

/** A value of YAML or JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Flags of a component without their dashes; a list repeats the flag. */
export type ExtraArgs = Readonly<Record<string, string | readonly string[]>>;

/** Labels of a node. */
export type Labels = Readonly<Record<string, string>>;

/** Labels and taints of a node; a taint is "key=value:Effect" or "key:Effect". */
export interface NodeSettings {
    readonly labels: Labels;
    readonly taints: readonly string[];
}

/** How many instances a pool has at least and at most. */
export interface Autoscaling {
    readonly min: number;
    readonly max: number;
}

/** A pool of workers beside the pool `worker`. */
export interface WorkerPool {
    readonly count: number;
    /** Between how many instances AWS chooses, instead of a count; they join by themselves. @default none */
    readonly autoscaling?: Autoscaling;
    /** @default none */
    readonly labels: Labels;
    /** @default none */
    readonly taints: readonly string[];
    /** Fields of KubeletConfiguration over those of the cluster. @default nothing */
    readonly kubelet: Readonly<Record<string, Json>>;
    /** TOML for containerd, over that of the cluster. @default none */
    readonly containerd: string;
    /** CPUs of each machine, where the platform makes it. @default up to the platform */
    readonly cpus?: number;
    /** "512Mi" or "4Gi" for each machine, where the platform makes it. @default up to the platform */
    readonly memory?: string;
    /** How many nodes may be out of service at a time: "2" or "25%". @default 10% */
    readonly maxUnavailable: string;
}

/** A VPC that is made for the cluster. */
export interface OwnVpc {
    /** @default 10.0.0.0/16 */
    readonly cidr: string;
    /** Whether each zone has a NAT gateway of its own. @default zonal */
    readonly nat: "zonal" | "single";
}

/** A VPC that is there. Its private subnets have a way out, and its DNS is on. */
export interface ExistingVpc {
    readonly id: string;
    /** One for each zone of awsZones, in their order, as the other. */
    readonly privateSubnets: readonly string[];
    readonly publicSubnets: readonly string[];
}

/** The network of platform aws. */
export type AwsVpc = OwnVpc | ExistingVpc;

/** A bastion that is there, and not of the program's making. */
export interface AwsBastionSettings {
    /** Name or address, as this computer reaches it. */
    readonly host: string;
    /** Who logs in, and may use sudo without a password. */
    readonly user: string;
    /** "ssh-ed25519 AAAA...". */
    readonly hostKey: string;
    /** Id of its security group, or the CIDR that the machines see it in. */
    readonly from: string;
}

/** Processors of machines, as Kubernetes names them. */
export type Architecture = "arm64" | "amd64";

/** AWS' cloud controller manager, the kubelet's way into Amazon's registries, and volumes of EBS. */
export type AwsAddon = "cloud-controller" | "ecr" | "ebs-csi";

/** What the EC2 instances of a pool have in common. */
export interface AwsMachineSettings {
    /** @default small ones of the architecture */
    readonly type?: string;
    /** GiB of the root volume. @default 40 */
    readonly disk?: number;
    /** Whether they are spot instances. @default false */
    readonly spot: boolean;
}

/** A machine that is there. */
export interface HostSettings {
    /** IPv4 address under which the other machines reach it. */
    readonly address: string;
    /** Name or address under which this computer reaches it. @default its address */
    readonly host?: string;
    /** Port of its sshd. @default 22 */
    readonly port?: number;
    /** Who logs in, and may use sudo without a password. @default root */
    readonly user: string;
    /** "ssh-ed25519 AAAA...". */
    readonly hostKey: string;
}

/** The configuration of a cluster with all defaults applied. The keys are those of the project's configuration. */
export interface ClusterConfig {
    /** Where the machines come from. @default local */
    readonly platform: "local" | "hosts" | "aws";
    /** DNS label; kubeadm's clusterName. @default the name of the stack */
    readonly clusterName: string;
    /** Three numbers. @default 1.37.1 */
    readonly kubernetesVersion: string;
    /** Odd, 1 to 7. @default 3 */
    readonly controlPlaneNodes: number;
    /** Where etcd runs: on the control planes, or on machines of its own. @default stacked */
    readonly etcd: "stacked" | "external";
    /** Machines of etcd where they are its own: 1, 3 or 5. @default 3 */
    readonly etcdNodes: number;
    /** Nodes of the pool `worker`. @default 2 */
    readonly workerNodes: number;
    /** More pools of workers by name. @default none */
    readonly workerPools: Readonly<Record<string, WorkerPool>>;
    /** Names of workers that are taken out, though the counts stand for them. @default none */
    readonly withoutNodes: readonly string[];
    /** Names of nodes and members of etcd; one that is put here gets another machine. @default none */
    readonly replace: readonly string[];
    /** How many nodes of the pool `worker` may be out of service at a time: "2" or "25%". @default 10% */
    readonly workerMaxUnavailable: string;
    /** "host" or "host:port" of the API server. @default the platform's load balancer, port 6443 */
    readonly controlPlaneEndpoint?: string;
    /** @default 10.244.0.0/16 */
    readonly podSubnet: string;
    /** @default 10.96.0.0/12 */
    readonly serviceSubnet: string;
    /** @default cluster.local */
    readonly dnsDomain: string;
    /** More subject alternative names of the API server's certificate. @default none */
    readonly certSANs: readonly string[];
    /** @default none */
    readonly apiServerExtraArgs: ExtraArgs;
    /** @default none */
    readonly controllerManagerExtraArgs: ExtraArgs;
    /** @default none */
    readonly schedulerExtraArgs: ExtraArgs;
    /** @default none */
    readonly etcdExtraArgs: ExtraArgs;
    /** Files and folders of the machine that static pods see. @default none */
    readonly extraVolumes: ExtraVolumes;
    /** Environment variables of static pods. @default none */
    readonly extraEnvs: ExtraEnvs;
    /** Merged into the KubeletConfiguration of every node. @default nothing */
    readonly kubelet: Readonly<Record<string, Json>>;
    /** Merged into the KubeProxyConfiguration of the cluster. @default nothing */
    readonly kubeProxy: Readonly<Record<string, Json>>;
    /** "auto" is nftables where the kernel has it, else iptables. @default auto */
    readonly kubeProxyMode: "auto" | "nftables" | "iptables";
    /** @default none */
    readonly controlPlaneLabels: Labels;
    /** @default none */
    readonly workerLabels: Labels;
    /** @default the taint of kubeadm; none in a cluster without workers */
    readonly controlPlaneTaints: readonly string[];
    /** @default none */
    readonly workerTaints: readonly string[];
    /** Labels and taints of single nodes, added to those of their role. @default none */
    readonly nodes: Readonly<Record<string, Partial<NodeSettings>>>;
    /** Name of a kubeadm patch file to its text. @default none */
    readonly patches: Readonly<Record<string, string>>;
    /** @default flannel */
    readonly cni: "flannel" | "none";
    /** Whether nodes may run on cgroup v1. @default true on platform local, else false */
    readonly allowCgroupV1: boolean;
    /** TOML for the containerd of every node. @default none */
    readonly containerd: string;
    /** Mirrors that containerd asks before a registry. @default none */
    readonly registryMirrors: RegistryMirrors;
    /** Lines for haproxy.cfg. @default none */
    readonly haproxy: HaproxySettings;
    /** Days before their end from which an update renews kubeadm's certificates. @default 90 */
    readonly renewCertificatesBefore: number;
    /** Snapshots of etcd that each of its members takes by itself. @default every 6h, keep 28 */
    readonly etcdSnapshots: EtcdSnapshots;
    /** Path of a snapshot on this computer; one that is put here becomes the cluster's data. @default none */
    readonly restoreFrom?: string;
    /** Network of the machines of platform local. @default 172.30.0.0/24 */
    readonly localSubnet: string;
    /** Port of the API server on this computer's 127.0.0.1; on platform aws the end of a tunnel. @default 16443 */
    readonly localApiPort: number;
    /** The machines of platform hosts by name, the load balancer's too. @default none */
    readonly hosts: Readonly<Record<string, HostSettings>>;
    /** The private key that opens the machines of platform hosts, secret. @default none */
    readonly hostsKey?: string;
    /** The one of those machines that this computer reaches the others over. @default it reaches all of them itself */
    readonly hostsBastion?: "load-balancer" | "admin";
    /** Availability zones of the machines of platform aws. @default none */
    readonly awsZones: readonly string[];
    /** @default a VPC of its own, 10.0.0.0/16 */
    readonly awsVpc: AwsVpc;
    /** Networks from which the bastion and the public endpoint are reached. @default none */
    readonly awsAllowedCidrs: readonly string[];
    /** A bastion that is there. @default one is made */
    readonly awsBastion?: AwsBastionSettings;
    /** The private key that opens awsBastion, secret. @default none */
    readonly awsBastionKey?: string;
    /** Whether a second load balancer lets awsAllowedCidrs reach the API server. @default false */
    readonly awsPublicEndpoint: boolean;
    /** @default arm64 */
    readonly awsArchitecture: Architecture;
    /** Name of a system or id of an image that new machines get. @default debian-13 */
    readonly awsImage: string;
    /** Instances by the name of their pool, etcd or bastion. @default small ones */
    readonly awsMachines: Readonly<Record<string, AwsMachineSettings>>;
    /** What connects the cluster with AWS. @default none */
    readonly awsAddons: readonly AwsAddon[];
    /** Base URL that stands for all download sites. @default the sites themselves */
    readonly mirror?: string;
}

const readers: { readonly [Key in keyof ClusterConfig]-?: Reader<NonNullable<ClusterConfig[Key]>> } = {
    platform: oneOf(["local", "hosts", "aws"]),
    clusterName: text,
    kubernetesVersion: text,
    controlPlaneNodes: wholeNumber,
    etcd: oneOf(["stacked", "external"]),
    etcdNodes: wholeNumber,
    workerNodes: wholeNumber,
    workerPools: workerPoolMap,
    withoutNodes: textList,
    replace: textList,
    workerMaxUnavailable: text,
    controlPlaneEndpoint: (value) => withPort(text(value)),
    podSubnet: text,
    serviceSubnet: text,
    dnsDomain: text,
    certSANs: textList,
    apiServerExtraArgs: extraArgs,
    controllerManagerExtraArgs: extraArgs,
    schedulerExtraArgs: extraArgs,
    etcdExtraArgs: extraArgs,
    extraVolumes,
    extraEnvs,
    kubelet: anyMap,
    kubeProxy: anyMap,
    kubeProxyMode: oneOf(["auto", "nftables", "iptables"], {
        ipvs: "is deprecated since Kubernetes 1.35 and will be removed; use nftables",
    }),
    controlPlaneLabels: textMap,
    workerLabels: textMap,
    controlPlaneTaints: textList,
    workerTaints: textList,
    nodes: nodeSettingsMap,
    patches: textMap,
    cni: oneOf(["flannel", "none"]),
    allowCgroupV1: trueOrFalse,
    containerd: text,
    registryMirrors,
    haproxy,
    renewCertificatesBefore: wholeNumber,
    etcdSnapshots,
    restoreFrom: text,
    localSubnet: text,
    localApiPort: wholeNumber,
    hosts,
    hostsKey: text,
    hostsBastion: oneOf(["load-balancer", "admin"]),
    awsZones: textList,
    awsVpc,
    awsAllowedCidrs: textList,
    awsBastion,
    awsBastionKey: text,
    awsPublicEndpoint: trueOrFalse,
    awsArchitecture: oneOf(["arm64", "amd64"]),
    awsImage: text,
    awsMachines,
    awsAddons: (value) => textList(value).map((name) => oneOf(["cloud-controller", "ecr", "ebs-csi"])(name)),
    mirror: (value) => text(value).replace(/\/+$/, ""),
};

const rules: readonly ((config: ClusterConfig) => string[])[] = [
    countRules,
    etcdRules,
    poolRules,
    autoscalingRules,
    nodeListRules,
    versionRules,
    subnetRules,
    addressRules,
    extraArgsRules,
    staticPodRules,
    leaderElectionRules,
    kubeletRules,
    kubeProxyRules,
    labelAndTaintRules,
    patchRules,
    containerdRules,
    registryMirrorRules,
    haproxyRules,
    renewalRules,
    snapshotRules,
    hostRules,
    awsRules,
];

/** The keys of the configuration. */
export const configKeys: readonly string[] = Object.keys(readers);

/** Reads the configuration of the stack; throws one error that names all of its problems. */
export function readConfig(): ClusterConfig {
    const prefix = `${pulumi.getProject()}:`;
    const texts: Record<string, string> = {};
    for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
        if (key.startsWith(prefix)) {
            texts[key.slice(prefix.length)] = value;
        }
    }
    return parseConfig(pulumi.getStack(), texts, inTheOpen(prefix, texts));
}

/** Keys whose values are secrets. */
const secretKeys = ["hostsKey", "awsBastionKey"];

/** Those secrets of a stack that its file holds as everybody can read them. */
function inTheOpen(prefix: string, texts: Readonly<Record<string, string>>): string[] {
    // As the engine tells the program; one that runs inside another program is told nothing.
    const encrypted = process.env.PULUMI_CONFIG_SECRET_KEYS;
    return encrypted === undefined
        ? []
        : secretKeys.filter((key) => key in texts && texts[key] !== "" && !encrypted.includes(`"${prefix}${key}"`));
}

/**
 * The configuration of a stack from its texts by key; an empty text or map stands for the default. Also given are the keys of
 * secrets that are not encrypted, which is a problem.
 */
export function parseConfig(
    stack: string,
    texts: Readonly<Record<string, string>>,
    open: readonly string[] = [],
): ClusterConfig {
    const { given, problems } = readKeys(texts);
    const config = withDefaults(stack, given);
    const readable = open.map(
        (key) => `${key}: everybody can read it there; npm run pulumi -- config set --secret ${key} < FILE`,
    );
    throwAll(`Pulumi.${stack}.yaml`, [...problems, ...readable, ...rules.flatMap((rule) => rule(config))]);
    return deepFreeze(config);
}

/** Throws one error for all problems, which Pulumi prints without a stack trace; does nothing when there are none. */
export function throwAll(subject: string, problems: readonly string[]): void {
    if (problems.length > 0) {
        const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
        throw new pulumi.RunError([`${subject} has ${count}:`, ...problems].join("\n  "));
    }
}

function readKeys(texts: Readonly<Record<string, string>>): { given: Partial<ClusterConfig>; problems: string[] } {
    const given: [string, unknown][] = [];
    const problems: string[] = [];
    for (const [key, value] of Object.entries(texts).filter(([, value]) => value !== "" && value !== "{}")) {
        if (!isKey(key)) {
            problems.push(unknownKey(key));
            continue;
        }
        try {
            given.push([key, readers[key](value)]);
        } catch (error) {
            problems.push(`${key}: ${messageOf(error)}`);
        }
    }
    return { given: Object.fromEntries(given), problems };
}

function isKey(key: string): key is keyof ClusterConfig {
    return configKeys.includes(key);
}

function unknownKey(key: string): string {
    const hint = nearest(key, configKeys);
    return (
        `unknown key ${key}; ` + (hint === undefined ? "docs/configuration.md has all keys" : `did you mean ${hint}?`)
    );
}

function withDefaults(stack: string, given: Partial<ClusterConfig>): ClusterConfig {
    const config: ClusterConfig = {
        platform: "local",
        clusterName: stack,
        kubernetesVersion: software.kubernetes,
        controlPlaneNodes: 3,
        etcd: "stacked",
        etcdNodes: 3,
        workerNodes: 2,
        workerPools: {},
        withoutNodes: [],
        replace: [],
        workerMaxUnavailable: "10%",
        podSubnet: "10.244.0.0/16",
        serviceSubnet: "10.96.0.0/12",
        dnsDomain: "cluster.local",
        certSANs: [],
        apiServerExtraArgs: {},
        controllerManagerExtraArgs: {},
        schedulerExtraArgs: {},
        etcdExtraArgs: {},
        extraVolumes: {},
        extraEnvs: {},
        kubelet: {},
        kubeProxy: {},
        kubeProxyMode: "auto",
        controlPlaneLabels: {},
        workerLabels: {},
        controlPlaneTaints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
        workerTaints: [],
        nodes: {},
        patches: {},
        cni: "flannel",
        allowCgroupV1: (given.platform ?? "local") === "local",
        containerd: "",
        registryMirrors: {},
        haproxy: {},
        renewCertificatesBefore: 90,
        etcdSnapshots: etcdSnapshots({}),
        localSubnet: "172.30.0.0/24",
        localApiPort: 16443,
        hosts: {},
        awsZones: [],
        awsVpc: awsVpc({}),
        awsAllowedCidrs: [],
        awsPublicEndpoint: false,
        awsArchitecture: "arm64",
        awsImage: "debian-13",
        awsMachines: {},
        awsAddons: [],
        ...given,
    };
    const hasWorkers =
        poolsOf(config).some(({ role, nodes }) => role === "worker" && nodes.length > 0) ||
        autoscalingPools(config).length > 0;
    return hasWorkers || given.controlPlaneTaints !== undefined ? config : { ...config, controlPlaneTaints: [] };
}

function withPort(endpoint: string): string {
    return endpoint.includes(":") ? endpoint : `${endpoint}:6443`;
}

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null) {
        Object.values(value).forEach(deepFreeze);
        Object.freeze(value);
    }
    return value;
}
