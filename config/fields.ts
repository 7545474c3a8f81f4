import type { ClusterConfig, Json } from "../config";
import { kubeletFields, kubeProxyFields, newKubeletFields } from "./fieldTables";
import { type Kind, kinds, kindsOf, tooNew } from "./kinds";
import { nearest } from "./names";
import { isMap } from "./readers";

/** Fields of the KubeletConfiguration that the program sets, and what to do instead of setting them. */
const ownKubeletFields: Readonly<Record<string, string>> = {
    apiVersion: "is given by the program; leave it out",
    cgroupDriver: "must be that of containerd, systemd; leave it out",
    clusterDomain: "is the key dnsDomain; set that",
    containerRuntimeEndpoint: "is containerd's; leave it out",
    failCgroupV1: "is the key allowCgroupV1; set that",
    kind: "is given by the program; leave it out",
    staticPodPath: "is where kubeadm puts the control plane; leave it out",
};

/** The same of the KubeProxyConfiguration, a field of a field with a dot. */
const ownKubeProxyFields: Readonly<Record<string, string>> = {
    apiVersion: "is given by the program; leave it out",
    bindAddress: "would be one address for all nodes; leave it out",
    "clientConnection.kubeconfig": "is where kubeadm puts it; leave it out",
    clusterCIDR: "is the key podSubnet; set that",
    hostnameOverride: "is each node's own name; leave it out",
    kind: "is given by the program; leave it out",
    mode: "is the key kubeProxyMode; set that",
};

/** A component's configuration file. */
interface Component {
    /** Its kind, in the words of Kubernetes. */
    readonly kind: string;
    readonly kinds: ReadonlyMap<string, Kind>;
    /** The minor of Kubernetes 1 that brought a field, where not all have it. */
    readonly newFields: Readonly<Record<string, number>>;
    /** Fields that are not the user's. */
    readonly own: Readonly<Record<string, string>>;
}

const kubelet: Component = {
    kind: "KubeletConfiguration",
    kinds: kindsOf(kubeletFields),
    newFields: newKubeletFields,
    own: ownKubeletFields,
};
const kubeProxy: Component = {
    kind: "KubeProxyConfiguration",
    kinds: kindsOf(kubeProxyFields),
    newFields: {},
    own: ownKubeProxyFields,
};

/** Fields of the kubelet that it has, of the right kind, and that the program does not set itself. */
export function kubeletRules(config: ClusterConfig): string[] {
    const version = config.kubernetesVersion;
    return [
        ...fieldProblems("kubelet", config.kubelet, kubelet, version),
        ...Object.entries(config.workerPools).flatMap(([pool, settings]) =>
            fieldProblems(`workerPools: ${pool}: kubelet`, settings.kubelet, kubelet, version),
        ),
    ];
}

/** Fields of kube-proxy that it has, of the right kind, and that neither the program nor kubeadm sets itself. */
export function kubeProxyRules(config: ClusterConfig): string[] {
    return fieldProblems("kubeProxy", config.kubeProxy, kubeProxy, config.kubernetesVersion);
}

/** Kubernetes itself passes over a field that it does not know, and does not start with a value of another kind. */
function fieldProblems(
    key: string,
    fields: Readonly<Record<string, Json>>,
    component: Component,
    version: string,
    above = "",
): string[] {
    return Object.entries(fields).flatMap(([name, value]) => {
        const field = `${above}${name}`;
        const instead = component.own[field];
        if (instead !== undefined) {
            return [`${key}: ${field} ${instead}`];
        }
        const kind = component.kinds.get(field);
        if (kind !== undefined) {
            const problem = valueProblem(kind, value, component.newFields[field] ?? 0, version);
            return problem === undefined ? [] : [`${key}: ${field}${problem}`];
        }
        const inner = fieldsBelow(component, `${field}.`);
        if (inner.length === 0) {
            return [`${key}: ${field} is not a field of the ${component.kind}; ${hint(name, component, above)}`];
        }
        return isMap(value)
            ? fieldProblems(key, value, component, version, `${field}.`)
            : [`${key}: ${field}: ${JSON.stringify(value)} is not a map; its fields are ${inner.join(", ")}`];
    });
}

/** What is wrong with a field that the component has, after its name. */
function valueProblem(kind: Kind, value: Json, since: number, version: string): string | undefined {
    const { fits, unlike } = kinds[kind];
    return tooNew(since, version) ?? (fits(value) ? undefined : `: ${JSON.stringify(value)} ${unlike}`);
}

function hint(name: string, component: Component, above: string): string {
    const known = fieldsBelow(component, above);
    const like = nearest(name, known);
    if (like !== undefined) {
        return `did you mean ${above}${like}?`;
    }
    return above === ""
        ? "its fields are in the reference of Kubernetes"
        : `${above.slice(0, -1)} has ${known.join(", ")}`;
}

/** The names that come next after the beginning of a field's. */
function fieldsBelow({ kinds: known }: Component, above: string): string[] {
    const names = [...known.keys()].filter((field) => field.startsWith(above));
    return [...new Set(names.map((field) => field.slice(above.length).split(".")[0] ?? ""))];
}
