import * as pulumi from "@pulumi/pulumi";
import { clusterConfiguration, initConfiguration, joinConfiguration } from "./kubeadmConfig";
import type { JoiningArgs, JoiningContext, NodeArgs } from "./nodeContext";
import { type Machine, nodeNameOf } from "./platforms/platform";
import { multiDocument } from "./yamlDocument";

/** Folder of kubeadm's patches below /etc/kubernetes. */
export const patchesFolder = "pulumi-kubeadm/patches";
/** Folder of credential-provider.sh. */
const credentialProviders = "/usr/local/lib/pulumi-kubeadm/credential-providers";
const patchesDirectory = `/etc/kubernetes/${patchesFolder}`;

/** ClusterConfiguration. */
export function clusterDocument(context: JoiningContext): pulumi.Output<string> {
    return pulumi
        .all([context.endpoint, certSANs(context), context.etcdEndpoints])
        .apply(([{ forNodes }, names, etcdEndpoints]) =>
            clusterConfiguration({
                ...context.clusterConfiguration,
                controlPlaneEndpoint: forNodes,
                certSANs: names,
                ...(etcdEndpoints === undefined ? {} : { etcdEndpoints }),
            }),
        );
}

/** Names of the API server's certificate, with the one under which the operator reaches it. */
export function certSANs({
    endpoint,
    clusterConfiguration: cluster,
}: Pick<JoiningContext, "endpoint" | "clusterConfiguration">): pulumi.Output<string[]> {
    return endpoint.apply(({ forOperator }) => [...new Set([...cluster.certSANs, forOperator.replace(/:\d+$/, "")])]);
}

/** JoinConfiguration without what a node discovers the cluster by. */
export function joinDocument(args: JoiningArgs): pulumi.Output<string> {
    return registration(args).apply((node) => joinConfiguration({ ...node, role: args.role }));
}

/** What both of kubeadm's configurations, for `init` and for `join`, say of a node. */
export function registration({ machine, taints, context }: JoiningArgs) {
    return pulumi
        .all([nodeNameOf(machine), machine.address, kubeletArgsOf(machine, context)])
        .apply(([name, address, kubeletArgs]) => ({ name, address, taints, patchesDirectory, kubeletArgs }));
}

/** Flags of a kubelet beside those that the program gives to every one. */
function kubeletArgsOf(
    machine: Pick<Machine, "kubeletArgs">,
    { kubeletArgs, credentialProvider }: JoiningContext,
): pulumi.Output<Record<string, string>> {
    const plugin: Readonly<Record<string, string>> =
        credentialProvider === undefined
            ? {}
            : {
                  "image-credential-provider-bin-dir": credentialProviders,
                  "image-credential-provider-config": `${credentialProviders}.yaml`,
              };
    return pulumi
        .output(machine.kubeletArgs ?? {})
        .apply((own): Record<string, string> => ({ ...kubeletArgs, ...plugin, ...own }));
}

/** All that kubeadm is given for `init`. */
export function initDocuments(args: NodeArgs): pulumi.Output<string> {
    const { context } = args;
    return pulumi
        .all([registration(args), clusterDocument(context)])
        .apply(([node, cluster]) =>
            multiDocument(initConfiguration(node), cluster, context.kubelet, context.kubeProxy),
        );
}
