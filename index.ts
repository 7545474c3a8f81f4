import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "./components/cluster";
import { createPlatform, endpointForNodes } from "./components/platforms/createPlatform";
import { readConfig, throwAll } from "./config";
import { facts, refusals } from "./updateRules";

/** Config in, one cluster, stack outputs. */
export = async () => {
    const config = readConfig();
    const after = facts(config, endpointForNodes(config));
    throwAll("this change", refusals(await lastFacts(), after));

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

/** What the stack itself said of the cluster when it was last completed. A reference would be a resource in previews. */
async function lastFacts(): Promise<unknown> {
    const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    // What an invoke returns has no type of its own.
    const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }, { async: true });
    return (answer as { outputs?: { facts?: unknown } }).outputs?.facts;
}
