import type * as pulumi from "@pulumi/pulumi";
import type { ClusterConfig } from "../config/clusterConfig";
import type { RegistryMirrors } from "../config/registryMirrors";
import type { EtcdSnapshots } from "../config/snapshots";
import type { Admission } from "./admission";
import { kubeletConfiguration, kubeProxyConfiguration, mergeSettings } from "./componentConfig";
import { clientUrls } from "./etcdSteps";
import type { ClusterConfigurationArgs } from "./kubeadmConfig";
import { adminKubeconfig } from "./kubeconfig";
import type { Pki } from "./pki";
import type { CredentialProvider, Endpoint, Machine, Platform } from "./platforms/platform";
import { downloadLines, partsOf } from "./software";

/** What all nodes of a cluster have in common. */
export interface NodeContext {
    readonly endpoint: pulumi.Output<Endpoint>;
    readonly clusterConfiguration: Omit<ClusterConfigurationArgs, "controlPlaneEndpoint" | "etcdEndpoints">;
    /** Client URLs of external etcd; none when it runs on the control planes. */
    readonly etcdEndpoints: pulumi.Output<string[]> | undefined;
    /** KubeletConfiguration and KubeProxyConfiguration, as YAML. */
    readonly kubelet: string;
    readonly kubeProxy: string;
    readonly kubeProxyMode: string;
    /** kubeadm's patch files by name. */
    readonly patches: Readonly<Record<string, string>>;
    readonly cni: string;
    readonly allowCgroupV1: boolean;
    /** TOML; empty for none. */
    readonly containerd: string;
    readonly registryMirrors: RegistryMirrors;
    /** Whether the kubelet tolerates swap, so that it need not be turned off. */
    readonly keepSwap: boolean;
    readonly pauseImage: string;
    /** Days before their end from which certificates are renewed. */
    readonly renewCertificatesBefore: number;
    readonly etcdSnapshots: EtcdSnapshots;
    readonly mirror: string;
    readonly downloads: readonly string[];
    /** Flags of every kubelet that its platform asks for. */
    readonly kubeletArgs: Readonly<Record<string, string>>;
    readonly credentialProvider: CredentialProvider | undefined;
    readonly pki: Pki;
    /** The restore that the cluster's data began with; empty for none. */
    readonly origin: string;
    /** Where kubectl runs, and with what. Secret. */
    readonly admin: Machine;
    readonly adminKubeconfig: pulumi.Output<string>;
}

/** What decides about the steps that make a machine a node. */
export interface JoiningArgs {
    readonly machine: Pick<Machine, "name" | "nodeName" | "address" | "kubeletArgs">;
    readonly role: "control-plane" | "worker";
    /** "key=value:Effect" or "key:Effect". */
    readonly taints: readonly string[];
    /** Fields of KubeletConfiguration over those of the cluster. */
    readonly kubelet: Readonly<Record<string, unknown>>;
    /** TOML over that of the cluster; empty for none. */
    readonly containerd: string;
    readonly context: JoiningContext;
}

/** What all nodes have in common that has nothing to do with the admin machine. */
export type JoiningContext = Omit<NodeContext, "admin" | "adminKubeconfig" | "origin" | "pki"> & {
    readonly pki: Pick<Pki, "ca" | "caCertHash" | "controlPlaneFiles" | "etcdClient">;
};

/** What decides about all steps of a node. */
export interface NodeArgs extends JoiningArgs {
    readonly machine: Machine;
    readonly labels: Readonly<Record<string, string>>;
    /** When its certificates were last found to be due, as a date; else empty. */
    readonly renewal: string;
    readonly admission: pulumi.Output<Admission>;
    readonly context: NodeContext;
    /** Steps of the platform that the machine's way to the endpoint needs. */
    readonly dependsOn: readonly pulumi.Resource[];
}

/** What all nodes of a cluster have in common. */
export function nodeContext(
    { config, platform, origin }: Pick<NodeContext, "origin"> & { config: ClusterConfig; platform: Platform },
    pki: Pki,
    etcdMachines: readonly Machine[],
): NodeContext {
    return {
        ...joiningContext(config, platform, pki, etcdMachines),
        pki,
        origin,
        admin: platform.admin,
        adminKubeconfig: adminKubeconfig(config.clusterName, platform.endpoint.forNodes, pki),
    };
}

/** What they have in common for the steps that run on them. */
export function joiningContext(
    config: ClusterConfig,
    platform: Pick<
        Platform,
        "endpoint" | "kubelet" | "kubeProxy" | "mirror" | "apiServerExtraArgs" | "kubeletArgs" | "credentialProvider"
    >,
    pki: JoiningContext["pki"],
    etcdMachines: readonly Machine[] = [],
): JoiningContext {
    const kubelet = mergeSettings(platform.kubelet, config.kubelet);
    return {
        endpoint: platform.endpoint,
        clusterConfiguration: {
            ...config,
            certSANs: ["127.0.0.1", ...config.certSANs],
            apiServerExtraArgs: { ...platform.apiServerExtraArgs, ...config.apiServerExtraArgs },
        },
        etcdEndpoints: config.etcd === "stacked" ? undefined : clientUrls(etcdMachines),
        kubelet: kubeletConfiguration(kubelet),
        keepSwap: kubelet["failSwapOn"] === false,
        kubeProxy: kubeProxyConfiguration(
            config.kubeProxyMode === "iptables" ? "iptables" : "nftables",
            mergeSettings(platform.kubeProxy, config.kubeProxy),
        ),
        kubeProxyMode: config.kubeProxyMode,
        patches: config.patches,
        cni: config.cni,
        allowCgroupV1: config.allowCgroupV1,
        containerd: config.containerd,
        registryMirrors: config.registryMirrors,
        renewCertificatesBefore: config.renewCertificatesBefore,
        etcdSnapshots: config.etcdSnapshots,
        pauseImage: `registry.k8s.io/pause:${partsOf(config.kubernetesVersion).pauseImage}`,
        mirror: platform.mirror ?? config.mirror ?? "",
        downloads: downloadLines(config.kubernetesVersion),
        kubeletArgs: platform.kubeletArgs ?? {},
        credentialProvider: platform.credentialProvider,
        pki,
    };
}
