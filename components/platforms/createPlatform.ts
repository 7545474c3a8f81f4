import * as pulumi from "@pulumi/pulumi";
import { type ClusterConfig, etcdNames, poolsOf } from "../../config";
import { loadBalancer } from "../../config/hosts";
import { createHostsPlatform } from "./hosts";
import { type Hosts, localAddress } from "./localAddresses";
import { apiServerPort, LocalPlatform } from "./local";
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
        return createLocalPlatform(config, records, data);
    }
    if (config.platform === "hosts") {
        return createHostsPlatform(config, endpointForNodes(config), records, data);
    }
    // The SDK of AWS is large, and who does not use it does not load it. Pulumi runs the program as CommonJS.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { createAwsPlatform } = require("./aws") as typeof import("./aws");
    return createAwsPlatform(config, endpointForNodes(config), records, data);
}

/** The machines of a configured cluster on this computer. */
export function createLocalPlatform(
    config: ClusterConfig,
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
        controlPlaneEndpoint: endpointForNodes(config),
        origin: restore.origin,
        data,
    });
}
