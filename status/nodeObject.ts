/** A Node of the cluster. */
export interface NodeObject {
    readonly name: string;
    readonly isReady: boolean;
    /** Why it is not Ready, in the kubelet's or the control plane's words. */
    readonly message: string;
    /** Other conditions that pods suffer from, in the kubelet's words: "DiskPressure: kubelet has disk pressure". */
    readonly pressures: readonly string[];
    /** Without the leading v. */
    readonly kubeletVersion: string;
    /** Whether it takes new pods. */
    readonly isSchedulable: boolean;
    /** The pool that it says it joined for by itself; empty for any other. */
    readonly selfJoinedFor: string;
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

/** Conditions that are bad when they hold. https://kubernetes.io/docs/reference/node/node-status/#condition */
const bad = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

export function nodeObjects({ items }: NodeList): NodeObject[] {
    return items.map(({ metadata, spec, status }) => {
        const { conditions = [] } = status;
        const ready = conditions.find(({ type }) => type === "Ready");
        return {
            name: metadata.name,
            isReady: ready?.status === "True",
            message: ready?.message ?? "",
            pressures: conditions
                .filter(({ type, status: holds }) => bad.includes(type) && holds === "True")
                .map(({ type, message = "" }) => `${type}: ${message}`),
            kubeletVersion: withoutV(status.nodeInfo.kubeletVersion),
            isSchedulable: spec.unschedulable !== true,
            selfJoinedFor: metadata.labels?.["pulumi-kubeadm/pool"] ?? "",
        };
    });
}

/** A version without the v that Kubernetes writes in front of it. */
export function withoutV(version: string): string {
    return version.replace(/^v/, "");
}
