import * as pulumi from "@pulumi/pulumi";
import type { types } from "@pulumi/command";

/** What a machine is for. */
export type Role = "control-plane" | "worker" | "etcd" | "load-balancer" | "bastion";

/** How a machine is reached: always with a pinned ed25519 host key, also where the way leads over another machine. */
export type Connection = types.input.remote.ConnectionArgs & {
    readonly hostKey: pulumi.Input<string>;
    readonly proxy?: types.input.remote.ProxyConnectionArgs & { readonly hostKey: pulumi.Input<string> };
};

/** One login: to a machine, or to the one that the way to it leads over. */
type Way = Pick<Connection, "user" | "host" | "port" | "hostKey">;

const sshPort = 22;

/** A machine that answers on SSH; a node once it runs a kubelet. */
export interface Machine {
    /** Known before anything runs: control-plane-1, worker-3, etcd-2. */
    readonly name: string;
    /** What Kubernetes and etcd call it, where that is another name for each machine that has its place; else its name. */
    readonly nodeName?: pulumi.Output<string>;
    /** Whether a machine that replaces it becomes a node before it goes; else it goes first. */
    readonly surges?: boolean;
    readonly role: Role;
    /** Name of the pool that it belongs to; a machine that is no node is a pool of its own. */
    readonly pool: string;
    readonly connection: Connection;
    /** IP address on the cluster's network. */
    readonly address: pulumi.Output<string>;
    /** Changes when the machine is another one. */
    readonly identity: pulumi.Output<string>;
    /** What stands for the machine itself, where the program makes it. */
    readonly resource?: pulumi.Resource;
    /** Flags of its kubelet that the platform asks for, without the dashes. */
    readonly kubeletArgs?: pulumi.Input<Readonly<Record<string, string>>>;
}

/** What Kubernetes and etcd call a machine. */
export function nodeNameOf({ name, nodeName }: Pick<Machine, "name" | "nodeName">): pulumi.Output<string> {
    return nodeName ?? pulumi.output(name);
}

/** Where the API server is reached, as `host:port`. */
export interface Endpoint {
    /** By nodes and pods; kubeadm's controlPlaneEndpoint. */
    readonly forNodes: string;
    /** By the operator's computer. */
    readonly forOperator: string;
}

/** A plugin of the kubelet that knows a login of a registry. */
export interface CredentialProvider {
    /** The name of its program, in the lines of its downloads and in its configuration. */
    readonly name: string;
    /** As a script takes them: name, architecture, path, checksum or "-", checksums. */
    readonly downloads: readonly string[];
    /** A CredentialProviderConfig, as YAML. */
    readonly config: string;
}

/** Machines that join by themselves, of which the program knows only what they have in common. */
export interface SelfJoiningPool {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** "key=value:Effect" or "key:Effect". */
    readonly taints: readonly string[];
    /** Fields of KubeletConfiguration over those of the cluster. */
    readonly kubelet: Readonly<Record<string, unknown>>;
    /** TOML for containerd, over that of the cluster. */
    readonly containerd: string;
    /** Where its machines find their token. */
    readonly parameter: string;
    /** The group that makes its machines, and the hook by which that waits until one has joined. */
    readonly group: string;
    readonly hook: string;
}

/** What a platform gives to the cluster. Nothing else of it is known outside `platforms/`. */
export interface Platform {
    /** Machines that become nodes, or members of external etcd. */
    readonly machines: readonly Machine[];
    /** Where HAProxy is set up; none where the platform brings a load balancer of its own. */
    readonly loadBalancer?: Machine;
    readonly endpoint: pulumi.Output<Endpoint>;
    /** What a machine's way to the endpoint needs. */
    readonly wayToEndpoint: readonly pulumi.Resource[];
    /** Where kubectl runs, through the load balancer. */
    readonly admin: Machine;
    /** Base URL of the mirror that the machines of this platform use, whatever the configuration names. */
    readonly mirror?: string;
    /** Settings that machines of this kind need. */
    readonly kubelet: Readonly<Record<string, unknown>>;
    readonly kubeProxy: Readonly<Record<string, unknown>>;
    /** Flags of kube-apiserver that its load balancer needs; the configuration's own come before them. */
    readonly apiServerExtraArgs: Readonly<Record<string, string>>;
    /** The key that opens all machines, in OpenSSH's format. Secret. */
    readonly loginKey: pulumi.Output<string>;
    /** The key that opens the admin machine, where that is another one. Secret. */
    readonly adminKey?: pulumi.Output<string>;
    /** The host keys of all machines, as lines of a known_hosts file. */
    readonly knownHosts: pulumi.Output<string>;
    /** Flags of every kubelet, without the dashes. */
    readonly kubeletArgs?: Readonly<Record<string, string>>;
    readonly credentialProvider?: CredentialProvider;
    /** Manifests that the cluster needs here, by the name of the addon. */
    readonly addons?: Readonly<Record<string, string>>;
    /** Makes machines that join by themselves, when the nodes are members; `userData` is what makes them join. */
    readonly makeSelfJoining?: (
        userData: (pool: SelfJoiningPool) => pulumi.Output<string>,
        members: readonly pulumi.Resource[],
    ) => void;
}

/** The lines of a known_hosts file for machines. */
export function knownHosts(machines: readonly Machine[]): pulumi.Output<string> {
    const lines = machines.map(({ connection }) => pulumi.interpolate`${knownHost(connection)}\n`);
    return pulumi.all(lines).apply((all) => all.join(""));
}

/** The line of a known_hosts file for one machine, as sshd(8) has it. */
export function knownHost({ host, port, hostKey }: Way): pulumi.Output<string> {
    return pulumi
        .all([host, port ?? sshPort, hostKey])
        .apply(([name, number, key]) => `${number === sshPort ? name : `[${name}]:${number}`} ${key}`);
}

/** Where ssh logs in, `user@host` or `ssh://user@host:port`. */
export function loginOf({ user, host, port }: Pick<Way, "user" | "host" | "port">): pulumi.Output<string> {
    return pulumi
        .all([user ?? "root", host, port ?? sshPort])
        .apply(([name, machine, number]) =>
            number === sshPort ? `${name}@${machine}` : `ssh://${name}@${machine}:${number}`,
        );
}
