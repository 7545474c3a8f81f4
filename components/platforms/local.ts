import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { MachineSize } from "../../config";
import { LocalScript } from "../remote/localScript";
import { Script } from "../remote/script";
import { localAddress } from "./localAddresses";
import { type Endpoint, knownHosts, type Machine, type Platform, type Role } from "./platform";

const localNetwork = new Script("local-network.sh");
const localMachine = new Script("local-machine.sh");

/** The image that `npm start` builds. */
const machineImage = "pulumi-kubeadm/machine:bookworm";
/** Port of the load balancer. */
export const apiServerPort = 6443;

/** A machine as it is to be. */
export interface LocalMachineSpec {
    readonly name: string;
    readonly role: Role;
    /** Name of the pool that it belongs to. */
    readonly pool: string;
    readonly address: string;
    readonly size: MachineSize;
    /** How often it was asked to be another machine; above 0, another number makes it anew. */
    readonly generation: number;
    /** The restore that the cluster's data began with; empty for none. Another one makes it anew. */
    readonly origin: string;
}

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
        const machine = (spec: LocalMachineArgs["spec"], publish = ""): Machine =>
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
        this.loadBalancer = machine({ ...loadBalancer(args), origin }, publish);
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

function loadBalancer({
    subnet,
    loadBalancerGeneration: generation,
}: LocalPlatformArgs): Omit<LocalMachineSpec, "origin"> {
    const name = "load-balancer";
    return { name, role: name, pool: name, address: localAddress(subnet, name), size: {}, generation };
}

interface LocalMachineArgs {
    readonly spec: LocalMachineSpec;
    /** `address:port:port` of what the computer itself reaches, or nothing. */
    readonly publish: string;
    readonly login: tls.PrivateKey;
    readonly network: string;
    readonly clusterName: string;
    /** What the container waits for. */
    readonly dependsOn: readonly pulumi.Resource[];
}

class LocalMachine extends pulumi.ComponentResource {
    readonly machine: Machine;

    constructor(name: string, args: LocalMachineArgs, opts: pulumi.ComponentResourceOptions) {
        const { spec, publish } = args;
        super("kubeadm:platforms:LocalMachine", name, describe(args), opts);

        const hostKey = new tls.PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, { parent: this });
        const container = new LocalScript(
            name,
            {
                script: localMachine,
                values: {
                    NODE: spec.name,
                    CLUSTER: args.clusterName,
                    NETWORK: args.network,
                    ADDRESS: spec.address,
                    IMAGE: machineImage,
                    PUBLISH: publish,
                    CPUS: spec.size.cpus ?? "",
                    MEMORY_MEBIBYTES: spec.size.memoryMebibytes ?? "",
                    HOST_KEY: hostKey.privateKeyOpenssh,
                    AUTHORIZED_KEY: args.login.publicKeyOpenssh,
                },
                triggers: [spec.address, publish, ...Object.entries(changes(spec)).map((entry) => entry.join(" "))],
            },
            { parent: this, dependsOn: [...args.dependsOn] },
        );
        this.machine = {
            name: spec.name,
            role: spec.role,
            pool: spec.pool,
            connection: {
                host: spec.address,
                user: "admin",
                privateKey: args.login.privateKeyOpenssh,
                hostKey: hostKey.publicKeyOpenssh.apply((key) => key.trim()),
                dialErrorLimit: 20,
            },
            address: pulumi.output(spec.address),
            identity: container.stdout,
            resource: container,
        };
        this.registerOutputs();
    }
}

/** What a preview shows of a machine. */
function describe({ spec, publish }: LocalMachineArgs): pulumi.Inputs {
    return { address: spec.address, publish, ...changes(spec) };
}

/** What makes it another machine when it changes, as far as there is any of it. */
function changes({ size, generation, origin }: LocalMachineSpec): Readonly<Record<string, number | string>> {
    return {
        ...size,
        ...(generation === 0 ? {} : { generation }),
        ...(origin === "" ? {} : { restore: origin }),
    };
}
