import * as pulumi from "@pulumi/pulumi";
import type * as random from "@pulumi/random";
import type { ClusterConfig } from "../config/clusterConfig";
import { nodeSettings } from "../config/nodes";
import { poolOf, poolsOf } from "../config/pools";
import { Addon } from "./addons";
import { declareSize, kubectlOnAdmin, upgradeGate } from "./adminSteps";
import { type Admission, admissionOf } from "./admission";
import { certificatesEnd, type NodeFacts, nodeFacts, sshCommands } from "./clusterOutputs";
import { Etcd } from "./etcd";
import { flannelManifest } from "./flannel";
import { adminKubeconfig } from "./kubeconfig";
import { type LaneNode, turns } from "./lanes";
import { LoadBalancer } from "./loadBalancer";
import { type JoinArgs, Node } from "./node";
import { type NodeContext, nodeContext } from "./nodeContext";
import { Pki } from "./pki";
import type { Machine, Platform } from "./platforms/platform";
import { type Beginning, evictions, sendSnapshot } from "./restore";
import { userDataOf } from "./userData";

export interface ClusterArgs extends Beginning {
    readonly config: ClusterConfig;
    readonly platform: Platform;
    /** Stands for the cluster's data; the machines were made after it. */
    readonly data: random.RandomId;
    /** Nodes that the last completed update left running. */
    readonly knownNodes: readonly string[];
    /** By node, when its certificates were last found to be due. */
    readonly renewals: Readonly<Record<string, string>>;
    /** By node, which of its machines the last completed update left admitted. */
    readonly admissions: Readonly<Record<string, Admission>>;
    /** When this update began, ISO 8601. */
    readonly now: string;
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
    /** Known when every node is a member in full standing. */
    readonly completed: pulumi.Output<unknown>;
    /** By node, which of its machines is admitted. */
    readonly admissions: pulumi.Output<Record<string, Admission>>;
    /** By control plane, the first day on which a certificate of it ends. */
    readonly certificatesEnd: pulumi.Output<Record<string, string>>;
    /** How a person gets to each node, with the files that `npm start` writes. */
    readonly sshCommands: pulumi.Output<Record<string, string>>;

    constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:index:Cluster", name, {}, opts);
        const { config, platform } = args;
        const { loadBalancer } = platform;
        const machines = platform.machines.filter(({ role }) => role !== "etcd");
        const etcdMachines = platform.machines.filter(({ role }) => role === "etcd");
        const controlPlanes = machines.filter(({ role }) => role === "control-plane");
        const exists = args.knownNodes.length > 0;

        const pki = new Pki(
            `${name}-pki`,
            { etcd: config.etcd, renewBeforeDays: config.renewCertificatesBefore },
            { parent: this },
        );
        const context = nodeContext(args, pki, etcdMachines);
        const caCertificate = pki.ca("kubernetes").certPem;
        const balancers = (loadBalancer === undefined ? [] : [loadBalancer]).map(
            (machine) =>
                new LoadBalancer(
                    `${name}-${machine.name}`,
                    { machine, controlPlanes, caCertificate, settings: config.haproxy },
                    { parent: this },
                ),
        );
        // Where machines are replaced, one may wait for the eviction of another one.
        const made = exists ? [] : platform.machines.flatMap(({ resource }) => resource ?? []);
        const evicted = evictions(`${name}-evictions`, args.data, made, { parent: this });
        const snapshotName = `${name}-snapshot`;
        const kubectl = kubectlOnAdmin(`${name}-kubectl`, context, { parent: this });
        const etcd =
            config.etcd === "stacked"
                ? undefined
                : new Etcd(
                      `${name}-etcd`,
                      {
                          machines: etcdMachines,
                          context,
                          exists,
                          evictions: evicted,
                          snapshotName,
                          snapshot: args.snapshot,
                      },
                      { parent: this },
                  );
        const nodes = machines.map((machine) => makeNode(machine, args, context, this));
        const [first] = nodes;
        if (first === undefined) {
            throw new pulumi.ResourceError("the platform gave no machines", this);
        }
        const sent =
            etcd === undefined
                ? sendSnapshot(snapshotName, first.machine, args, { parent: this, dependsOn: first.prepared })
                : [];
        // A new etcd is settled before the cluster is made on it, one that runs when the cluster is fit for it.
        const newEtcd = exists ? [] : (etcd?.settle([]) ?? []);
        const ready = [...nodes.map(({ prepared }) => prepared), ...sent, ...newEtcd];
        const initialized = first.initializeCluster(
            `${name}-init`,
            { after: exists ? "exists" : ready, snapshotChecksum: args.snapshot.checksum },
            { parent: this },
        );
        const clusterSteps = [initialized, ...balancers, kubectl];
        const onCluster = { parent: this, dependsOn: clusterSteps };
        const declared = declareSize(`${name}-declare`, { pools: poolsOf(config), machines }, context, onCluster);
        const gate = upgradeGate(`${name}-upgrade-gate`, context, {
            parent: this,
            dependsOn: [...clusterSteps, ...(etcd?.joined ?? [])],
        });
        const runningEtcd = exists ? (etcd?.settle([gate]) ?? []) : [];
        const { admin, origin } = context;
        const addons = Object.entries({ ...networkManifest(config), ...platform.addons }).map(
            ([addon, manifest]) =>
                new Addon(
                    addon,
                    { manifest, admin, adminKubeconfig: context.adminKubeconfig, origin, dependsOn: clusterSteps },
                    { parent: this },
                ),
        );
        const lanes = machines.map(({ name: node, pool }) => ({
            name: node,
            lane: pool,
            maxUnavailable: poolOf(config, node)?.maxUnavailable ?? 1,
            isKnown: args.knownNodes.includes(node),
        }));
        joinAll(nodes, lanes, [gate, ...runningEtcd], {
            evictions: evicted,
            dependsOn: [...clusterSteps, declared, ...addons],
        });

        platform.makeSelfJoining?.(
            (pool) => userDataOf(pool, context),
            nodes.flatMap(({ member }) => member ?? []),
        );

        this.kubeconfig = adminKubeconfig(config.clusterName, platform.endpoint.forOperator, pki);
        this.controlPlaneEndpoint = platform.endpoint.forNodes;
        this.caCertificate = caCertificate;
        this.caCertHash = pki.caCertHash;
        this.completed = pulumi.all(nodes.map(({ member }) => member?.urn));
        this.admissions = pulumi.all(Object.fromEntries(nodes.map((node) => [node.name, node.admission])));
        this.nodes = nodeFacts(machines, config.kubernetesVersion);
        this.certificatesEnd = certificatesEnd(nodes);
        this.sshCommands = sshCommands(
            [...new Set([loadBalancer ?? platform.admin, platform.admin, ...platform.machines])],
            platform,
        );
        this.registerOutputs();
    }
}

function makeNode(
    machine: Machine,
    { config, platform, renewals, admissions, now }: ClusterArgs,
    context: NodeContext,
    parent: Cluster,
): Node {
    const role = machine.role === "control-plane" ? "control-plane" : "worker";
    const renewal = renewals[machine.name] ?? "";
    const admission = pulumi
        .unsecret(machine.identity)
        .apply((identity) => admissionOf(admissions[machine.name], identity, now));
    const { kubelet, containerd } = poolOf(config, machine.name) ?? { kubelet: {}, containerd: "" };
    const dependsOn = platform.wayToEndpoint;
    return new Node(
        machine.name,
        {
            machine,
            role,
            kubelet,
            containerd,
            renewal,
            admission,
            context,
            dependsOn,
            ...nodeSettings(config, machine.name),
        },
        { parent },
    );
}

/** No node waits for another one to join; what can disturb a running node goes through lanes. */
function joinAll(
    nodes: readonly Node[],
    lanes: readonly LaneNode[],
    first: readonly pulumi.Resource[],
    args: Omit<JoinArgs, "settlesAfter">,
): void {
    const before = turns(lanes);
    const byName = new Map(nodes.map((node) => [node.name, node]));
    for (const node of nodes) {
        const turn = before.get(node.name);
        const ahead = byName.get(turn?.after ?? "");
        const step = turn?.until === "member" ? ahead?.member : ahead?.settled;
        node.join({ ...args, settlesAfter: step === undefined ? first : [...first, step] });
    }
}

function networkManifest(config: ClusterConfig): Readonly<Record<string, string>> {
    if (config.cni === "none") {
        return {};
    }
    const { podSubnet, kubeProxyMode } = config;
    return {
        flannel: flannelManifest({ podSubnet, nftables: kubeProxyMode !== "iptables" }),
    };
}
