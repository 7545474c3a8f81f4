import * as pulumi from "@pulumi/pulumi";
import type { HaproxySettings } from "../config/haproxy";
import { type Backend, haproxyCaFile, haproxyConfig } from "./haproxyConfig";
import type { Machine } from "./platforms/platform";
import { RemoteScript } from "./remote/remoteScript";
import { Script } from "./remote/script";

const installHaproxy = new Script("install-haproxy.sh", "drift.sh");

export interface LoadBalancerArgs {
    readonly machine: Machine;
    readonly controlPlanes: readonly Machine[];
    /** PEM; health checks accept only API servers with a certificate of this CA. */
    readonly caCertificate: pulumi.Input<string>;
    /** Lines for haproxy.cfg. */
    readonly settings: HaproxySettings;
}

/** HAProxy in TCP mode in front of the API servers. */
export class LoadBalancer extends pulumi.ComponentResource {
    constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
        const config = haproxyConfigOf(args);
        super("kubeadm:index:LoadBalancer", name, { "haproxy.cfg": config }, opts);

        new RemoteScript(
            `${name}-haproxy`,
            {
                connection: args.machine.connection,
                script: installHaproxy,
                values: {
                    NODE: args.machine.name,
                    HAPROXY_CONFIG: config,
                    CA_CERTIFICATE: args.caCertificate,
                    CA_FILE: haproxyCaFile,
                },
                limitSeconds: 900,
                identity: args.machine.identity,
                onUpdate: "run",
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}

function haproxyConfigOf({ controlPlanes, settings }: LoadBalancerArgs): pulumi.Output<string> {
    const backends = controlPlanes.map(({ name, address }) => ({ name, address }));
    return pulumi
        .output(backends)
        .apply((resolved: readonly Backend[]) => haproxyConfig({ backends: resolved, settings }));
}
