import * as pulumi from "@pulumi/pulumi";
import type { ClusterConfig } from "../../config/clusterConfig";
import { loadBalancer } from "../../config/hosts";
import { apiServerPort } from "../ports";
import { createHostsPlatform } from "./hosts";
import { type Hosts, localAddress } from "./localAddresses";
import { createLocalPlatform } from "./local";
import type { Platform } from "./platform";

/** What a stack remembers of its machines from one update to the next. */
export interface MachineRecords {
    /** Hosts of local machines whose names do not say them. */
    readonly hosts: Hosts;
    /** How often the key `replace` gave a node another machine, by name; a name that is missing stands for never. */
    readonly generations: Readonly<Record<string, number>>;
    /** Another origin of the cluster's data makes all machines anew. */
    readonly restore: { readonly origin: string };
    /** Whether the cluster was completed before. @default false */
    readonly exists?: boolean;
    /** Whether this update is a restore. @default false */
    readonly isRestored?: boolean;
}

/** The endpoint that the nodes of a configured cluster use, `host:port`; known before anything is made. */
export function endpointForNodes(config: ClusterConfig): string {
    return config.controlPlaneEndpoint ?? `${loadBalancerOf(config)}:${apiServerPort}`;
}

function loadBalancerOf(config: ClusterConfig): string {
    switch (config.platform) {
        case "local":
            return localAddress(config.localSubnet, loadBalancer);
        case "hosts":
            return config.hosts[loadBalancer]?.address ?? "";
        case "aws":
            return `api.${config.clusterName}.internal`;
    }
}

/** The machines of a configured cluster, made after its data. */
export async function createPlatform(
    config: ClusterConfig,
    records: MachineRecords,
    data: pulumi.Resource,
): Promise<Platform> {
    if (config.platform === "local") {
        return createLocalPlatform(config, endpointForNodes(config), records, data);
    }
    if (config.platform === "hosts") {
        return createHostsPlatform(config, endpointForNodes(config), records, data);
    }
    // The SDK of AWS is large, and who does not use it does not load it. Pulumi runs the program as CommonJS.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { createAwsPlatform } = require("./aws") as typeof import("./aws");
    return createAwsPlatform(config, endpointForNodes(config), records, data);
}
