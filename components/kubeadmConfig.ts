import type { ClusterConfig } from "../config/clusterConfig";
import type { ExtraArgs } from "../config/readers";
import type { StaticPod } from "../config/staticPods";
import { apiServerPort } from "./ports";
import { yamlDocument } from "./yamlDocument";

/** What the whole cluster has in common. */
export interface ClusterConfigurationArgs extends Pick<
    ClusterConfig,
    | "kubernetesVersion"
    | "clusterName"
    | "podSubnet"
    | "serviceSubnet"
    | "dnsDomain"
    | "certSANs"
    | "apiServerExtraArgs"
    | "controllerManagerExtraArgs"
    | "schedulerExtraArgs"
    | "etcdExtraArgs"
    | "extraVolumes"
    | "extraEnvs"
> {
    /** `host:port` of the load balancer. */
    readonly controlPlaneEndpoint: string;
    /** Client URLs of external etcd; none when it runs on the control planes. */
    readonly etcdEndpoints?: readonly string[];
}

/** How a machine becomes a node. */
export interface NodeArgs {
    readonly name: string;
    /** Its address on the cluster's network. */
    readonly address: string;
    /** "key=value:Effect" or "key:Effect"; there from the node's first moment. */
    readonly taints: readonly string[];
    /** Folder on the node with patches for the static pods and the kubelet's configuration. */
    readonly patchesDirectory: string;
    /** Flags of its kubelet that its platform asks for. */
    readonly kubeletArgs?: ExtraArgs;
}

/** A node that joins. */
export interface JoinConfigurationArgs extends NodeArgs {
    readonly role: "control-plane" | "worker";
}

/** How a joining node finds and recognises the cluster. Holds a secret. */
export interface Discovery {
    readonly token: string;
    /** `host:port` of the load balancer. */
    readonly apiServerEndpoint: string;
    /** `sha256:` and the hash of the CA's public key. */
    readonly caCertHashes: readonly string[];
}

const apiVersion = "kubeadm.k8s.io/v1beta4";

// Minutes where kubeadm would do with seconds on an idle machine: room for slow disks, and still an end.
const timeouts = {
    controlPlaneComponentHealthCheck: "6m0s",
    discovery: "5m0s",
    etcdAPICall: "5m0s",
    kubeletHealthCheck: "4m0s",
    kubernetesAPICall: "2m0s",
    tlsBootstrap: "5m0s",
};

// kubeadm makes a token that is good for a day when it is given none. This one, which kubeadm chooses at random and
// nobody reads, has a group without any rights.
const powerlessToken = {
    description: "Made by kubeadm init and not used.",
    ttl: "1m0s",
    usages: ["authentication"],
    groups: ["system:bootstrappers:kubeadm:unused"],
};

// An API server that is told to end first lets the load balancer see it, then ends what is under way, then its watches.
// Without the second flag it waits for watches that never end, and is killed after 30 s.
const apiServerEnd = { "shutdown-delay-duration": "4s", "shutdown-send-retry-after": "true" };

/** The ClusterConfiguration. */
export function clusterConfiguration(args: ClusterConfigurationArgs): string {
    return yamlDocument({
        apiVersion,
        kind: "ClusterConfiguration",
        kubernetesVersion: `v${args.kubernetesVersion}`,
        clusterName: args.clusterName,
        controlPlaneEndpoint: args.controlPlaneEndpoint,
        networking: { podSubnet: args.podSubnet, serviceSubnet: args.serviceSubnet, dnsDomain: args.dnsDomain },
        encryptionAlgorithm: "ECDSA-P256",
        apiServer: {
            certSANs: args.certSANs,
            extraArgs: apiServerArgs(args.apiServerExtraArgs),
            ...additions(args, "apiServer"),
        },
        controllerManager: {
            extraArgs: argList(args.controllerManagerExtraArgs),
            ...additions(args, "controllerManager"),
        },
        scheduler: { extraArgs: argList(args.schedulerExtraArgs), ...additions(args, "scheduler") },
        etcd: etcd(args),
    });
}

function additions(
    { extraVolumes, extraEnvs }: Pick<ClusterConfigurationArgs, "extraVolumes" | "extraEnvs">,
    pod: StaticPod,
): Record<string, unknown> {
    const [volumes = [], envs] = [extraVolumes[pod], argList(extraEnvs[pod] ?? {})];
    return {
        ...(volumes.length === 0 ? {} : { extraVolumes: volumes }),
        ...(envs.length === 0 ? {} : { extraEnvs: envs }),
    };
}

function etcd({ etcdEndpoints, etcdExtraArgs }: ClusterConfigurationArgs): Record<string, unknown> {
    return etcdEndpoints === undefined
        ? { local: { dataDir: "/var/lib/etcd", extraArgs: argList(etcdExtraArgs) } }
        : {
              external: {
                  endpoints: etcdEndpoints,
                  caFile: "/etc/kubernetes/pki/etcd/ca.crt",
                  certFile: "/etc/kubernetes/pki/apiserver-etcd-client.crt",
                  keyFile: "/etc/kubernetes/pki/apiserver-etcd-client.key",
              },
          };
}

/** The InitConfiguration of the first control plane. Holds no secret. */
export function initConfiguration(args: NodeArgs): string {
    return yamlDocument({
        apiVersion,
        kind: "InitConfiguration",
        bootstrapTokens: [powerlessToken],
        localAPIEndpoint: { advertiseAddress: args.address, bindPort: apiServerPort },
        nodeRegistration: nodeRegistration(args),
        patches: { directory: args.patchesDirectory },
        timeouts,
    });
}

/** The JoinConfiguration of a node: without `discovery` it can be shown, with it kubeadm can use it. */
export function joinConfiguration(args: JoinConfigurationArgs, discovery?: Discovery): string {
    return yamlDocument({
        apiVersion,
        kind: "JoinConfiguration",
        ...(discovery === undefined ? {} : { discovery: { bootstrapToken: discovery } }),
        ...(args.role === "control-plane"
            ? { controlPlane: { localAPIEndpoint: { advertiseAddress: args.address, bindPort: apiServerPort } } }
            : {}),
        nodeRegistration: nodeRegistration(args),
        patches: { directory: args.patchesDirectory },
        timeouts,
    });
}

function nodeRegistration(args: NodeArgs): Record<string, unknown> {
    return {
        name: args.name,
        criSocket: "unix:///run/containerd/containerd.sock",
        taints: args.taints.map(taint),
        imagePullPolicy: "IfNotPresent",
        imagePullSerial: false,
        kubeletExtraArgs: argList({ "node-ip": args.address, ...args.kubeletArgs }),
    };
}

function taint(text: string): { key: string; value?: string; effect: string } {
    const [keyAndValue = "", effect = ""] = text.split(":");
    const [key = "", value] = keyAndValue.split("=");
    return { key, ...(value === undefined ? {} : { value }), effect };
}

/** The program's own come first, so that a preview shows no more than what a user changes. */
function apiServerArgs(given: ExtraArgs): { name: string; value: string }[] {
    const own = Object.entries(apiServerEnd).filter(([name]) => given[name] === undefined);
    return [...argList(Object.fromEntries(own)), ...argList(given)];
}

function argList(args: ExtraArgs): { name: string; value: string }[] {
    return Object.entries(args)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })));
}
