import type * as pulumi from "@pulumi/pulumi";
import type { types } from "@pulumi/command";

/** What a machine is for. */
export type Role = "control-plane" | "worker" | "etcd" | "load-balancer";

/** How a machine is reached: always with a pinned ed25519 host key. */
export type Connection = types.input.remote.ConnectionArgs & { readonly hostKey: pulumi.Input<string> };

/** A machine that answers on SSH; a node once it runs a kubelet. */
export interface Machine {
    /** Known before anything runs: control-plane-1, worker-3. */
    readonly name: string;
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
}

/** Where the API server is reached, as `host:port`. */
export interface Endpoint {
    /** By nodes and pods; kubeadm's controlPlaneEndpoint. */
    readonly forNodes: string;
    /** By the operator's computer. */
    readonly forOperator: string;
}

/** What a platform gives to the cluster. Nothing else of it is known outside `platforms/`. */
export interface Platform {
    /** Machines that become nodes. */
    readonly machines: readonly Machine[];
    /** Where HAProxy is set up. */
    readonly loadBalancer: Machine;
    readonly endpoint: pulumi.Output<Endpoint>;
    /** Where kubectl runs, through the load balancer. */
    readonly admin: Machine;
    /** Base URL of the mirror that the machines of this platform use, whatever the configuration names. */
    readonly mirror?: string;
    /** Settings that machines of this kind need. */
    readonly kubelet: Readonly<Record<string, unknown>>;
    readonly kubeProxy: Readonly<Record<string, unknown>>;
}
