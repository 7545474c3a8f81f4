import type { Architecture } from "../components/software";
import type { AwsBastionSettings } from "./awsBastion";
import type { AwsAddon, AwsMachineSettings, AwsVpc } from "./awsReaders";
import type { HaproxySettings } from "./haproxy";
import type { HostSettings } from "./hosts";
import type { WorkerPool } from "./poolReader";
import type { ExtraArgs, Json, Labels, NodeSettings } from "./readers";
import type { RegistryMirrors } from "./registryMirrors";
import type { EtcdSnapshots } from "./snapshots";
import type { ExtraEnvs, ExtraVolumes } from "./staticPods";

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
