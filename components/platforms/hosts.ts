import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ClusterConfig } from "../../config/clusterConfig";
import { admin, type HostSettings, loadBalancer } from "../../config/hosts";
import { poolsOf } from "../../config/pools";
import { etcdNames } from "../../config/etcd";
import { LocalScript } from "../remote/localScript";
import { loginValues } from "../remote/login";
import { Script } from "../remote/script";
import { type Endpoint, knownHosts, type Machine, type Platform, type Role } from "./platform";

const existingMachine = new Script("existing-machine.sh", "ssh.sh");
const claimMachine = new Script("claim-machine.sh", "used-machine.sh", "registry-mirror.sh", "clear-machine.sh");

/** A machine that is there, and what it becomes. */
export interface HostSpec extends HostSettings {
    readonly name: string;
    readonly role: Role;
    /** Name of the pool that it belongs to. */
    readonly pool: string;
    /** How often it was asked to be another machine. */
    readonly generation: number;
}

export interface HostsPlatformArgs {
    readonly clusterName: string;
    readonly nodes: readonly HostSpec[];
    /** Where kubectl runs: the load balancer, or a machine in front of another one. */
    readonly admin: HostSpec;
    /** `host:port`. */
    readonly endpoint: Endpoint;
    /** The private key that opens all machines. */
    readonly loginKey: string;
    /** Whether the others are reached over the admin machine. */
    readonly overAdmin: boolean;
    /** The restore that the cluster's data began with; empty for none. */
    readonly origin: string;
    /** What its machines are made after. */
    readonly data: pulumi.Resource;
}

/** The machines of the configuration. */
export function createHostsPlatform(
    config: ClusterConfig,
    endpoint: string,
    {
        generations,
        restore,
    }: { readonly generations: Readonly<Record<string, number>>; readonly restore: { readonly origin: string } },
    data: pulumi.Resource,
): HostsPlatform {
    const specOf = (name: string, role: Role, pool: string): HostSpec => {
        const settings = config.hosts[name];
        if (settings === undefined) {
            throw new Error(`the configuration has no machine for ${name}`);
        }
        return { ...settings, name, role, pool, generation: generations[name] ?? 0 };
    };
    const balancer = config.hosts[loadBalancer];
    const forOperator =
        balancer === undefined || config.controlPlaneEndpoint !== undefined
            ? endpoint
            : endpoint.replace(balancer.address, balancer.host ?? balancer.address);
    return new HostsPlatform("machines", {
        clusterName: config.clusterName,
        nodes: [
            ...etcdNames(config).map((name) => specOf(name, "etcd", "etcd")),
            ...poolsOf(config).flatMap(({ name: pool, role, nodes }) => nodes.map((name) => specOf(name, role, pool))),
        ],
        admin:
            balancer === undefined ? specOf(admin, "bastion", admin) : specOf(loadBalancer, loadBalancer, loadBalancer),
        endpoint: { forNodes: endpoint, forOperator },
        loginKey: config.hostsKey ?? "",
        overAdmin: config.hostsBastion !== undefined,
        origin: restore.origin,
        data,
    });
}

/** Machines that are there before the stack and after it, each with sshd and a user who may use sudo. */
export class HostsPlatform extends pulumi.ComponentResource implements Platform {
    readonly machines: readonly Machine[];
    readonly loadBalancer?: Machine;
    readonly endpoint: pulumi.Output<Endpoint>;
    readonly wayToEndpoint: readonly pulumi.Resource[];
    readonly admin: Machine;
    readonly loginKey: pulumi.Output<string>;
    readonly knownHosts: pulumi.Output<string>;
    readonly kubelet = {};
    readonly kubeProxy = {};
    readonly apiServerExtraArgs = {};

    constructor(name: string, args: HostsPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:Hosts", name, {}, opts);
        const { origin } = args;
        this.loginKey = pulumi.secret(args.loginKey);
        // By it a machine knows its cluster from another one of the same name.
        const id = new random.RandomId(`${name}-id`, { byteLength: 8 }, { parent: this });
        const cluster = pulumi.interpolate`${args.clusterName} ${id.hex}`;
        const machine = (spec: HostSpec, over: Machine | undefined): Machine =>
            new HostMachine(
                `${name}-${spec.name}`,
                { spec, origin, loginKey: this.loginKey, cluster, over },
                { parent: this, dependsOn: args.data },
            ).machine;

        this.admin = machine(args.admin, undefined);
        const over = args.overAdmin ? this.admin : undefined;
        if (args.admin.role === "load-balancer") {
            this.loadBalancer = this.admin;
        }
        this.wayToEndpoint = this.admin.resource === undefined ? [] : [this.admin.resource];
        this.machines = args.nodes.map((spec) => machine(spec, over));
        this.knownHosts = knownHosts([this.admin, ...this.machines]);
        this.endpoint = pulumi.output(args.endpoint);
        this.registerOutputs();
    }
}

interface HostMachineArgs {
    readonly spec: HostSpec;
    readonly origin: string;
    readonly loginKey: pulumi.Output<string>;
    /** What a machine of the cluster notes of it. */
    readonly cluster: pulumi.Output<string>;
    /** What the way to it leads over, unless this computer reaches it itself. */
    readonly over: Machine | undefined;
}

/** A machine for as long as the stack has it: claimed when it comes, and cleared when it leaves. */
class HostMachine extends pulumi.ComponentResource {
    readonly machine: Machine;

    constructor(
        name: string,
        { spec, origin, loginKey, cluster, over }: HostMachineArgs,
        opts: pulumi.ComponentResourceOptions,
    ) {
        const { name: node, role, pool, address, host = address, port, user, hostKey } = spec;
        const identity = { address, hostKey, ...changes(spec, origin) };
        const identityText = Object.values(identity).join(" ");
        const way = { host, ...(port === undefined ? {} : { port }), user };
        const description = { ...way, ...(over === undefined ? {} : { over: over.name }), ...identity };
        super("kubeadm:platforms:HostMachine", name, description, opts);

        const proxy = over === undefined ? {} : { proxy: over.connection };
        const connection = { ...way, privateKey: loginKey, hostKey, ...proxy };
        const resource = new LocalScript(
            name,
            {
                script: existingMachine,
                values: {
                    NODE: node,
                    CLAIM: cluster.apply((text) =>
                        claimMachine.pack({ NODE: node, CLUSTER: text, IDENTITY: identityText }),
                    ),
                    ...loginValues(connection),
                },
                triggers: Object.entries(identity).map((entry) => entry.join(" ")),
                follows: true,
            },
            pulumi.mergeOptions({ parent: this }, { dependsOn: opts.dependsOn ?? [] }),
        );
        this.machine = {
            name: node,
            role,
            pool,
            connection,
            address: pulumi.output(address),
            // Steps on it come after its claim, and go before it is cleared.
            identity: resource.id.apply(() => identityText),
            resource,
        };
        this.registerOutputs();
    }
}

/** What makes it another machine beside its address and its host key, as far as there is any of it. */
function changes({ generation }: HostSpec, origin: string): Readonly<Record<string, number | string>> {
    return {
        ...(generation === 0 ? {} : { generation }),
        ...(origin === "" ? {} : { restore: origin }),
    };
}
