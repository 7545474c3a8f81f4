/** A Node of the cluster. */
export interface NodeObject {
    readonly name: string;
    readonly isReady: boolean;
    /** Why it is not Ready, in the kubelet's or the control plane's words. */
    readonly message: string;
    /** Without the leading v. */
    readonly kubeletVersion: string;
    /** Whether it takes new pods. */
    readonly isSchedulable: boolean;
    /** The pool that it says it joined for by itself; empty for any other. */
    readonly selfJoinedFor: string;
}

/** A static pod of the control plane. */
export interface ControlPlanePod {
    readonly node: string;
    readonly component: string;
    readonly isReady: boolean;
}

/** What the API says of the cluster. */
export interface ClusterObjects {
    readonly nodes: readonly NodeObject[];
    readonly pods: readonly ControlPlanePod[];
}

interface Condition {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
}

/** The fields of a NodeList that are used; the API server guarantees its own form. */
export interface NodeList {
    readonly items: readonly {
        readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
        readonly spec: { readonly unschedulable?: boolean };
        readonly status: {
            readonly conditions?: readonly Condition[];
            readonly nodeInfo: { readonly kubeletVersion: string };
        };
    }[];
}

/** The fields of a PodList that are used. */
export interface PodList {
    readonly items: readonly {
        readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
        readonly spec: { readonly nodeName?: string };
        readonly status: { readonly containerStatuses?: readonly { readonly ready: boolean }[] };
    }[];
}

export function nodeObjects({ items }: NodeList): NodeObject[] {
    return items.map(({ metadata, spec, status }) => {
        const ready = status.conditions?.find(({ type }) => type === "Ready");
        return {
            name: metadata.name,
            isReady: ready?.status === "True",
            message: ready?.message ?? "",
            kubeletVersion: withoutV(status.nodeInfo.kubeletVersion),
            isSchedulable: spec.unschedulable !== true,
            selfJoinedFor: metadata.labels?.["pulumi-kubeadm/pool"] ?? "",
        };
    });
}

/**
 * Ready as the kubelet's probes say. The condition of that name may be the control plane's: it takes it from all pods of a node
 * that is not Ready, and the kubelet gives it back some seconds after the node is.
 */
export function controlPlanePods({ items }: PodList): ControlPlanePod[] {
    return items.map(({ metadata, spec, status }) => ({
        node: spec.nodeName ?? "",
        component: metadata.labels?.["component"] ?? "",
        isReady: status.containerStatuses?.every(({ ready }) => ready) ?? false,
    }));
}

/** A version without the v that Kubernetes writes in front of it. */
export function withoutV(version: string): string {
    return version.replace(/^v/, "");
}
