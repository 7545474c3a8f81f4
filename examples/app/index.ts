import * as pulumi from "@pulumi/pulumi";

/** The part of the cluster's output `nodes` that is used here. */
interface NodeFacts {
    readonly name: string;
    readonly role: string;
}

const cluster = new pulumi.StackReference(new pulumi.Config().require("cluster"));

/** For a provider of Kubernetes resources: `new kubernetes.Provider("cluster", { kubeconfig })`. Stays secret. */
export const kubeconfig = cluster.requireOutput("kubeconfig");

/** Where pods and machines of the cluster's network reach its API. */
export const apiServer = pulumi.interpolate`https://${cluster.requireOutput("controlPlaneEndpoint")}`;

/** The nodes that run the app. */
export const workers = cluster
    .requireOutput("nodes")
    // Outputs of other stacks have no type.
    .apply((nodes: NodeFacts[]) => nodes.filter(({ role }) => role === "worker").map(({ name }) => name));
