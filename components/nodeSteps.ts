import * as pulumi from "@pulumi/pulumi";
import { backupValues, noBackup } from "./backup";
import { containerdValues } from "./containerd";
import { joinConfiguration } from "./kubeadmConfig";
import type { JoiningArgs, NodeArgs, NodeContext } from "./nodeContext";
import { certSANs, clusterDocument, initDocuments, joinDocument, patchesFolder, registration } from "./nodeDocuments";
import { nodeNameOf } from "./platforms/platform";
import { mirrorValues } from "./registryMirrors";
import type { Values } from "./remote/remoteScript";
import { flannelImages, nodeImages, software } from "./software";

/** Among patches of the configuration, which apply in the order of their names, in the middle. */
const poolPatch = "kubeletconfiguration5pool+merge.json";
const tokenIdLength = 6;
const tokenMinutes = 60;

/** The node's plain description, which a preview shows field by field. */
export function describe(args: NodeArgs): pulumi.Inputs {
    const { machine, role, labels, taints, kubelet, context } = args;
    const own = Object.keys(kubelet).length === 0 ? {} : { kubelet };
    const containerd = [context.containerd, args.containerd].filter((text) => text !== "");
    const images = {
        ...(containerd.length === 0 ? {} : { containerd }),
        ...(Object.keys(context.registryMirrors).length === 0 ? {} : { registryMirrors: context.registryMirrors }),
    };
    const common = { role, address: machine.address, labels, taints, ...own, patches: patchesOf(args), ...images };
    const documents = { kubeletConfiguration: context.kubelet, nodeConfiguration: joinDocument(args) };
    return role === "worker"
        ? { ...common, kubernetesVersion: context.clusterConfiguration.kubernetesVersion, ...documents }
        : {
              ...common,
              clusterConfiguration: clusterDocument(context),
              ...documents,
              kubeProxyConfiguration: context.kubeProxy,
          };
}

/** Whether a member of etcd runs on the node. */
export function hasEtcd({ role, context }: JoiningArgs): boolean {
    return role === "control-plane" && context.etcdEndpoints === undefined;
}

/** Values of prepare.sh. Of a control plane they have when its certificates were found to be due, and the one for external etcd. */
export function prepareValues({
    machine,
    role,
    kubelet,
    containerd,
    context,
    renewal,
}: JoiningArgs & { renewal?: string }): Values {
    return {
        NODE: nodeNameOf(machine),
        ROLE: role,
        ADDRESS: machine.address,
        ENDPOINT: context.endpoint.forNodes,
        CA_CERTIFICATE: context.pki.ca("kubernetes").certPem,
        KUBERNETES_VERSION: context.clusterConfiguration.kubernetesVersion,
        PAUSE_IMAGE: context.pauseImage,
        ...containerdValues(context.containerd, containerd),
        ...mirrorValues(context.registryMirrors),
        ...(role === "worker"
            ? {}
            : {
                  RENEWAL: renewal ?? "",
                  ETCD_CLIENT_CERTIFICATE: context.pki.etcdClient?.certPem.apply((pem) => pem.trimEnd()) ?? "",
              }),
        ALLOW_CGROUP_V1: context.allowCgroupV1,
        KUBE_PROXY_MODE: context.kubeProxyMode,
        KEEP_SWAP: "failSwapOn" in kubelet ? kubelet["failSwapOn"] === false : context.keepSwap,
        MIRROR: context.mirror,
        DOWNLOADS: [...context.downloads, ...(context.credentialProvider?.downloads ?? [])],
        IMAGES: imagesOf({ role, context }),
        CREDENTIAL_PROVIDER: context.credentialProvider?.name ?? "",
        CREDENTIAL_PROVIDER_CONFIG: context.credentialProvider?.config.trimEnd() ?? "",
    };
}

/** Values of init.sh; the checksum is that of the snapshot to restore, empty for none. */
export function initValues(args: NodeArgs, snapshotChecksum: string): Values {
    const { machine, context } = args;
    return {
        NODE: nodeNameOf(machine),
        ADDRESS: machine.address,
        HAS_ETCD: hasEtcd(args),
        SNAPSHOT_CHECKSUM: snapshotChecksum,
        IDENTITY: machine.identity,
        ENDPOINT: context.endpoint.forNodes,
        CA_CERTIFICATE: context.pki.ca("kubernetes").certPem,
        KUBERNETES_VERSION: context.clusterConfiguration.kubernetesVersion,
        KUBE_PROXY_MODE: context.kubeProxyMode,
        CONFIG: initDocuments(args),
        ...fileValues(args),
    };
}

/** Values of admit.sh. */
export function admitValues(args: NodeArgs, token: pulumi.Output<string>): Values {
    const { machine, context } = args;
    return {
        NODE: nodeNameOf(machine),
        PLACE: machine.name,
        HAS_ETCD: hasEtcd(args),
        POOL: machine.pool,
        ADDRESS: machine.address,
        IDENTITY: machine.identity,
        KUBECONFIG_TEXT: context.adminKubeconfig,
        TOKEN_ID: token.apply((text) => text.slice(0, tokenIdLength)),
        TOKEN_SECRET: token.apply((text) => text.slice(tokenIdLength)),
        TOKEN_MINUTES: tokenMinutes,
        ADMISSION: args.admission.since,
    };
}

/** Values of join.sh. */
export function joinValues(args: JoiningArgs, token: pulumi.Output<string>): Values {
    const { machine, role, context } = args;
    const config = pulumi
        .all([registration(args), context.endpoint, context.pki.caCertHash, token])
        .apply(([node, endpoint, caCertHash, text]) =>
            joinConfiguration(
                { ...node, role },
                {
                    token: `${text.slice(0, tokenIdLength)}.${text.slice(tokenIdLength)}`,
                    apiServerEndpoint: endpoint.forNodes,
                    caCertHashes: [caCertHash],
                },
            ),
        );
    return {
        NODE: nodeNameOf(machine),
        ADDRESS: machine.address,
        ENDPOINT: context.endpoint.forNodes,
        HAS_ETCD: hasEtcd(args),
        CONFIG: config,
        ...fileValues(args),
    };
}

/** Values of drain.sh. */
export function drainValues({ machine, context }: NodeArgs): Values {
    const { adminKubeconfig: KUBECONFIG_TEXT } = context;
    return { NODE: nodeNameOf(machine), POOL: machine.pool, KUBECONFIG_TEXT, ...versions(context) };
}

function imagesOf({ role, context }: Pick<JoiningArgs, "role" | "context">): string[] {
    const images = nodeImages(context.clusterConfiguration.kubernetesVersion, role);
    return context.cni === "flannel" ? [...images, ...flannelImages] : images;
}

function versions({ clusterConfiguration }: NodeContext): Values {
    return { KUBERNETES_VERSION: clusterConfiguration.kubernetesVersion, CONTAINERD_VERSION: software.containerd };
}

/** Values of settle.sh. */
export function settleValues(args: NodeArgs): Values {
    const { machine, role, containerd, context } = args;
    const common = {
        NODE: nodeNameOf(machine),
        ROLE: role,
        KUBERNETES_VERSION: context.clusterConfiguration.kubernetesVersion,
        PAUSE_IMAGE: context.pauseImage,
        ...containerdValues(context.containerd, containerd),
        ...mirrorValues(context.registryMirrors),
        IMAGES: imagesOf(args),
        MIRROR: context.mirror,
        DOWNLOADS: context.downloads,
        ...fileValues(args),
    };
    // A worker takes its configuration from the cluster; what can change of it is the kubelet's.
    return role === "worker" ? { ...common, CONFIG: context.kubelet } : { ...common, ...controlPlaneValues(args) };
}

function controlPlaneValues(args: NodeArgs): Values {
    const { machine, renewal, context } = args;
    return {
        ADDRESS: machine.address,
        KUBE_PROXY_MODE: context.kubeProxyMode,
        CERT_SANS: certSANs(context),
        RENEW_BEFORE_DAYS: context.renewCertificatesBefore,
        RENEWAL: renewal,
        ...(hasEtcd(args) ? backupValues(context.etcdSnapshots) : noBackup),
        CONFIG: initDocuments(args),
    };
}

/** Values of membership.sh. */
export function membershipValues({ machine, labels, taints, context }: NodeArgs, token: pulumi.Output<string>): Values {
    return {
        NODE: nodeNameOf(machine),
        IDENTITY: machine.identity,
        KUBECONFIG_TEXT: context.adminKubeconfig,
        TOKEN_ID: token.apply((text) => text.slice(0, tokenIdLength)),
        LABELS: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
        TAINTS: taints,
        CNI: context.cni,
        ...versions(context),
    };
}

/** Patches that kubeadm uses on a node: on a worker, those of its kubelet alone. */
function patchesOf({ role, context }: Pick<JoiningArgs, "role" | "context">): Record<string, string> {
    const all = Object.entries(context.patches);
    return Object.fromEntries(
        role === "worker" ? all.filter(([file]) => file.startsWith("kubeletconfiguration")) : all,
    );
}

/** Files below /etc/kubernetes: the PKI of control planes, and kubeadm's patches, of which one is the pool's kubelet. */
function fileValues(args: JoiningArgs): Values {
    const { role, kubelet, context } = args;
    const own = Object.keys(kubelet).length === 0 ? {} : { [poolPatch]: JSON.stringify(kubelet) };
    const patches = Object.entries({ ...patchesOf(args), ...own }).map(([file, content]) => ({
        path: `${patchesFolder}/${file}`,
        mode: "0600",
        content,
    }));
    const pki = pulumi.output(role === "worker" ? {} : context.pki.controlPlaneFiles);
    const files = pki.apply((all) => [
        ...Object.entries(all).map(([path, { mode, content }]) => ({ path: `pki/${path}`, mode, content })),
        ...patches,
    ]);
    return {
        FILE_PATHS: files.apply((all) => all.map(({ path }) => path)),
        FILE_MODES: files.apply((all) => all.map(({ mode }) => mode)),
        FILE_CONTENTS: files.apply((all) => all.map(({ content }) => content.trimEnd())),
    };
}
