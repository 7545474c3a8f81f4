import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { ClusterConfig } from "../../config/clusterConfig";
import { etcdNames } from "../../config/etcd";
import { loadBalancer } from "../../config/hosts";
import { poolsOf } from "../../config/pools";
import { apiServerPort } from "../ports";
import { LocalScript } from "../remote/localScript";
import { Script } from "../remote/script";
import type { MachineRecords } from "./createPlatform";
import { localAddress } from "./localAddresses";
import { LocalMachine, type LocalMachineSpec } from "./localMachine";
import { type Endpoint, knownHosts, type Machine, type Platform } from "./platform";

const localNetwork = new Script("local-network.sh");

/**
 * Settings of a kubelet in a container. The disk and the swap are the computer's own: the disk's fill level says nothing
 * about a node, and swap is not the machine's to turn off. Nor can a container raise its limit of open files.
 */
export const kubeletInContainer = {
    evictionHard: { "imagefs.available": "0%", "nodefs.available": "0%", "nodefs.inodesFree": "0%" },
    failSwapOn: false,
    imageGCHighThresholdPercent: 100,
    maxOpenFiles: 20000,
};

/** Settings of kube-proxy in a container, which cannot set the kernel's connection table. */
export const kubeProxyInContainer = { conntrack: { maxPerCore: 0, min: 0 } };

/** The machines of a configured cluster on this computer. */
export function createLocalPlatform(
    config: ClusterConfig,
    controlPlaneEndpoint: string,
    { hosts, generations, restore }: MachineRecords,
    data: pulumi.Resource,
): LocalPlatform {
    const nodes = poolsOf(config).flatMap(({ name: pool, role, nodes: names, size }) =>
        names.map((name) => ({
            name,
            role,
            pool,
            address: localAddress(config.localSubnet, name, hosts),
            size,
            generation: generations[name] ?? 0,
        })),
    );
    const etcd = etcdNames(config).map((name) => {
        const address = localAddress(config.localSubnet, name);
        return { name, role: "etcd" as const, pool: "etcd", address, size: {}, generation: generations[name] ?? 0 };
    });
    return new LocalPlatform("machines", {
        nodes: [...etcd, ...nodes],
        clusterName: `${pulumi.getProject()}-${config.clusterName}`,
        subnet: config.localSubnet,
        apiPort: config.localApiPort,
        loadBalancerGeneration: generations[loadBalancer] ?? 0,
        controlPlaneEndpoint,
        origin: restore.origin,
        data,
    });
}

export interface LocalPlatformArgs {
    readonly clusterName: string;
    readonly nodes: readonly Omit<LocalMachineSpec, "origin">[];
    /** Network of the machines; nothing on it has a way out. */
    readonly subnet: string;
    /** Port on this computer's 127.0.0.1 that leads to the load balancer. */
    readonly apiPort: number;
    /** How often the load balancer was asked to be another machine. */
    readonly loadBalancerGeneration: number;
    /** `host:port` for the nodes. */
    readonly controlPlaneEndpoint: string;
    /** The restore that the cluster's data began with; empty for none. */
    readonly origin: string;
    /** What its machines are made after. */
    readonly data: pulumi.Resource;
}

/** Machines that are containers on this computer, each with systemd and sshd. */
export class LocalPlatform extends pulumi.ComponentResource implements Platform {
    readonly machines: readonly Machine[];
    readonly loadBalancer: Machine;
    readonly endpoint: pulumi.Output<Endpoint>;
    readonly wayToEndpoint: readonly pulumi.Resource[];
    readonly admin: Machine;
    readonly loginKey: pulumi.Output<string>;
    readonly knownHosts: pulumi.Output<string>;

    /** Mounted into each machine, whether it was downloaded or built. */
    readonly mirror = "file:///opt/mirror";

    readonly kubelet = kubeletInContainer;
    readonly kubeProxy = kubeProxyInContainer;
    readonly apiServerExtraArgs = {};

    constructor(name: string, args: LocalPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:Local", name, {}, opts);

        const network = args.clusterName;
        const networkStep = new LocalScript(
            `${name}-network`,
            {
                script: localNetwork,
                values: { NODE: network, CLUSTER: args.clusterName, NETWORK: network, SUBNET: args.subnet },
                triggers: [args.subnet],
            },
            { parent: this },
        );
        const login = new tls.PrivateKey(`${name}-login`, { algorithm: "ED25519" }, { parent: this });
        const machine = (spec: LocalMachineSpec, publish = ""): Machine =>
            new LocalMachine(
                `${name}-${spec.name}`,
                {
                    spec,
                    publish,
                    login,
                    network,
                    clusterName: args.clusterName,
                    dependsOn: [networkStep, args.data],
                },
                { parent: this },
            ).machine;

        const { origin } = args;
        const publish = `127.0.0.1:${args.apiPort}:${apiServerPort}`;
        this.loadBalancer = machine({ ...balancerOf(args), origin }, publish);
        this.admin = this.loadBalancer;
        this.wayToEndpoint = this.admin.resource === undefined ? [] : [this.admin.resource];
        this.machines = args.nodes.map((node) => machine({ ...node, origin }));
        this.loginKey = pulumi.secret(login.privateKeyOpenssh);
        this.knownHosts = knownHosts([this.loadBalancer, ...this.machines]);
        this.endpoint = pulumi.output({
            forNodes: args.controlPlaneEndpoint,
            forOperator: `127.0.0.1:${args.apiPort}`,
        });
        this.registerOutputs();
    }
}

function balancerOf({
    subnet,
    loadBalancerGeneration: generation,
}: LocalPlatformArgs): Omit<LocalMachineSpec, "origin"> {
    const address = localAddress(subnet, loadBalancer);
    return { name: loadBalancer, role: loadBalancer, pool: loadBalancer, address, size: {}, generation };
}
