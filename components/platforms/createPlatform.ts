import * as pulumi from "@pulumi/pulumi";
import { type ClusterConfig, nodeNames } from "../../config";
import { localAddress } from "./localAddresses";
import { apiServerPort, LocalPlatform } from "./local";

/** The endpoint that the nodes of a configured cluster use, `host:port`; known before anything is made. */
export function endpointForNodes(config: ClusterConfig): string {
    return config.controlPlaneEndpoint ?? `${localAddress(config.localSubnet, "load-balancer")}:${apiServerPort}`;
}

/** The machines of a configured cluster. */
export function createPlatform(config: ClusterConfig): LocalPlatform {
    return new LocalPlatform("machines", {
        ...nodeNames(config),
        clusterName: `${pulumi.getProject()}-${config.clusterName}`,
        subnet: config.localSubnet,
        apiPort: config.localApiPort,
        controlPlaneEndpoint: endpointForNodes(config),
    });
}
