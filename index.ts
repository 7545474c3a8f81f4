import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "./components/cluster";
import { createPlatform, endpointForNodes } from "./components/platforms/createPlatform";
import { readConfig, throwAll } from "./config";
import { facts, refusals } from "./updateRules";

/** Config in, one cluster, stack outputs. */
export = async () => {
    const config = readConfig();
    const after = facts(config, endpointForNodes(config));
    const before = await new pulumi.StackReference(stackName()).getOutputDetails("facts");
    throwAll("this change", refusals(before.value, after));

    const platform = createPlatform(config);
    const cluster = new Cluster(config.clusterName, { config, platform });
    return {
        facts: after,
        kubeconfig: cluster.kubeconfig,
        controlPlaneEndpoint: cluster.controlPlaneEndpoint,
        caCertificate: cluster.caCertificate,
        caCertHash: cluster.caCertHash,
        nodes: cluster.nodes,
        loginKey: platform.loginKey,
        knownHosts: platform.knownHosts,
        sshCommands: cluster.sshCommands,
    };
};

function stackName(): string {
    return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}
