/** Tags of what belongs to a cluster. */
export interface Tags {
    readonly clusterName: string;
    /** The tag by which Kubernetes' own controllers know what is theirs. */
    readonly forControllers: Readonly<Record<string, string>>;
}

/** The tags of a cluster. */
export function tagsOf(clusterName: string): Tags {
    return { clusterName, forControllers: { [`kubernetes.io/cluster/${clusterName}`]: "owned" } };
}

/** The tags of one thing: the cluster's name, and the thing's own, which AWS's console shows. */
export function named({ clusterName }: Tags, name: string): Record<string, string> {
    return { "pulumi-kubeadm": clusterName, Name: `${clusterName} ${name}` };
}
