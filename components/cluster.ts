import * as pulumi from "@pulumi/pulumi";
import { type ClusterConfig, nodeSettings } from "../config";
import { Addon } from "./addons";
import { kubeletConfiguration, kubeProxyConfiguration, mergeSettings } from "./componentConfig";
import { flannelManifest } from "./flannel";
import { kubeconfig } from "./kubeconfig";
import { LoadBalancer } from "./loadBalancer";
import { Node } from "./node";
import type { NodeContext } from "./nodeSteps";
import { Pki } from "./pki";
import type { Machine, Platform } from "./platforms/platform";
import { RemoteScript } from "./remote/remoteScript";
import { Script } from "./remote/script";
import { downloadLines, partsOf, software } from "./software";

const installKubectl = new Script("install-kubectl.sh", "download.sh");
const declare = new Script("declare.sh", "kubectl.sh");

export interface ClusterArgs {
    readonly config: ClusterConfig;
    readonly platform: Platform;
}

/** What a node is to those who only look at the cluster. */
export interface NodeFacts {
    readonly name: string;
    readonly role: string;
    readonly address: string;
    readonly version: string;
}

/** A highly available Kubernetes cluster on the machines of a platform. */
export class Cluster extends pulumi.ComponentResource {
    /** For the operator's computer. Secret. */
    readonly kubeconfig: pulumi.Output<string>;
    /** `host:port`, as the nodes see it. */
    readonly controlPlaneEndpoint: pulumi.Output<string>;
    /** PEM. */
    readonly caCertificate: pulumi.Output<string>;
    readonly caCertHash: pulumi.Output<string>;
    readonly nodes: pulumi.Output<NodeFacts[]>;
    /** How a person gets to each node, with the files that `npm start` writes. */
    readonly sshCommands: pulumi.Output<Record<string, string>>;

    constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:index:Cluster", name, {}, opts);
        const { config, platform } = args;
        const { loadBalancer, machines } = platform;
        const controlPlanes = machines.filter(({ role }) => role === "control-plane");

        const pki = new Pki(`${name}-pki`, { parent: this });
        const context = nodeContext(args, pki);
        const balancer = new LoadBalancer(
            `${name}-load-balancer`,
            { machine: loadBalancer, controlPlanes, caCertificate: pki.ca("kubernetes").certPem },
            { parent: this },
        );
        const kubectl = kubectlOnAdmin(`${name}-kubectl`, context, this);
        const reachable = loadBalancer.resource === undefined ? [] : [loadBalancer.resource];
        const nodes = machines.map((machine) => makeNode(machine, config, context, reachable, this));
        const [first] = nodes;
        if (first === undefined) {
            throw new pulumi.ResourceError("the platform gave no machines", this);
        }
        const initialized = first.initializeCluster(
            `${name}-init`,
            nodes.map(({ prepared }) => prepared),
            { parent: this },
        );
        const clusterSteps = [initialized, balancer, kubectl];
        const declared = declareSize(`${name}-declare`, config.controlPlaneNodes, context, clusterSteps, this);
        const addons = networkAddons(config, context, clusterSteps, this);
        joinAll(nodes, machines, initialized, [...clusterSteps, declared, ...addons]);

        this.kubeconfig = kubeconfigFor(config.clusterName, platform.endpoint.forOperator, pki);
        this.controlPlaneEndpoint = platform.endpoint.forNodes;
        this.caCertificate = pki.ca("kubernetes").certPem;
        this.caCertHash = pki.caCertHash;
        this.nodes = nodeFacts(machines, config.kubernetesVersion);
        this.sshCommands = sshCommands([loadBalancer, ...machines]);
        this.registerOutputs();
    }
}

function kubectlOnAdmin(name: string, { admin, mirror, downloads }: NodeContext, parent: Cluster): RemoteScript {
    return new RemoteScript(
        name,
        {
            connection: admin.connection,
            identity: admin.identity,
            script: installKubectl,
            values: { NODE: admin.name, MIRROR: mirror, DOWNLOADS: downloads },
            limitSeconds: 300,
            onUpdate: "run",
        },
        { parent },
    );
}

/** The record in the cluster that evictions are held against. */
function declareSize(
    name: string,
    controlPlaneNodes: number,
    { admin, adminKubeconfig }: NodeContext,
    dependsOn: readonly pulumi.Resource[],
    parent: Cluster,
): RemoteScript {
    return new RemoteScript(
        name,
        {
            connection: admin.connection,
            script: declare,
            values: { NODE: "the cluster", CONTROL_PLANE_NODES: controlPlaneNodes, KUBECONFIG_TEXT: adminKubeconfig },
            limitSeconds: 300,
            onUpdate: "run",
        },
        { parent, dependsOn: [...dependsOn] },
    );
}

function makeNode(
    machine: Machine,
    config: ClusterConfig,
    context: NodeContext,
    dependsOn: readonly pulumi.Resource[],
    parent: Cluster,
): Node {
    const role = machine.role === "control-plane" ? "control-plane" : "worker";
    return new Node(
        machine.name,
        { machine, role, context, dependsOn, ...nodeSettings(config, machine.name) },
        { parent },
    );
}

/** All nodes join at once; what can disturb a running node goes through one lane for each role. */
function joinAll(
    nodes: readonly Node[],
    machines: readonly Machine[],
    initialized: pulumi.Resource,
    dependsOn: readonly pulumi.Resource[],
): void {
    const lastOfLane = new Map<string, Node>();
    nodes.forEach((node, index) => {
        const lane = machines[index]?.role ?? "";
        node.join({ initialized, dependsOn, settledBefore: lastOfLane.get(lane) });
        lastOfLane.set(lane, node);
    });
}

function networkAddons(
    config: ClusterConfig,
    { admin, adminKubeconfig }: NodeContext,
    dependsOn: readonly pulumi.Resource[],
    parent: Cluster,
): Addon[] {
    if (config.cni === "none") {
        return [];
    }
    const manifest = flannelManifest({
        podSubnet: config.podSubnet,
        version: software.flannel,
        nftables: config.kubeProxyMode !== "iptables",
    });
    return [new Addon("flannel", { manifest, admin, adminKubeconfig, dependsOn }, { parent })];
}

function nodeContext({ config, platform }: ClusterArgs, pki: Pki): NodeContext {
    const kubelet = mergeSettings(platform.kubelet, config.kubelet);
    return {
        endpoint: platform.endpoint,
        clusterConfiguration: { ...config, certSANs: ["127.0.0.1", ...config.certSANs] },
        kubelet: kubeletConfiguration(kubelet),
        keepSwap: kubelet["failSwapOn"] === false,
        kubeProxy: kubeProxyConfiguration(
            config.kubeProxyMode === "iptables" ? "iptables" : "nftables",
            platform.kubeProxy,
        ),
        kubeProxyMode: config.kubeProxyMode,
        patches: config.patches,
        cni: config.cni,
        allowCgroupV1: config.allowCgroupV1,
        pauseImage: `registry.k8s.io/pause:${partsOf(config.kubernetesVersion).pauseImage}`,
        mirror: platform.mirror ?? config.mirror ?? "",
        downloads: downloadLines(config.kubernetesVersion),
        pki,
        admin: platform.admin,
        adminKubeconfig: kubeconfigFor(config.clusterName, platform.endpoint.forNodes, pki),
    };
}

function kubeconfigFor(clusterName: string, endpoint: pulumi.Output<string>, pki: Pki): pulumi.Output<string> {
    const parts = pulumi.all([endpoint, pki.ca("kubernetes").certPem, pki.admin]);
    return pulumi.secret(
        parts.apply(([address, caCertificate, { certPem, keyPem }]) =>
            kubeconfig({
                clusterName,
                server: `https://${address}`,
                caCertificate,
                clientCertificate: certPem,
                clientKey: keyPem,
            }),
        ),
    );
}

function nodeFacts(machines: readonly Machine[], version: string): pulumi.Output<NodeFacts[]> {
    return pulumi.all(
        machines.map(({ name, role, address }) => address.apply((text) => ({ name, role, address: text, version }))),
    );
}

function sshCommands(machines: readonly Machine[]): pulumi.Output<Record<string, string>> {
    const folder = `.state/${pulumi.getStack()}`;
    const entries = machines.map(({ name, connection }) =>
        pulumi.all([name, pulumi.interpolate`${connection.user}@${connection.host}`]),
    );
    return pulumi
        .all(entries)
        .apply((all) =>
            Object.fromEntries(
                all.map(([name, target]) => [
                    name,
                    `ssh -i ${folder}/login-key -o UserKnownHostsFile=${folder}/known_hosts ${target}`,
                ]),
            ),
        );
}
