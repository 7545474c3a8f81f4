import { isCollection, parseAllDocuments } from "yaml";
import type { ClusterConfig } from "../config";
import { messageOf } from "./readers";
import { parseVersion } from "./version";

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

/** Fields of the kubelet that the program does not set itself. */
export function kubeletRules(config: ClusterConfig): string[] {
    return [
        ...fieldProblems("kubelet", config.kubelet, ownKubeletFields),
        ...Object.entries(config.workerPools).flatMap(([pool, { kubelet }]) =>
            fieldProblems(`workerPools: ${pool}: kubelet`, kubelet, ownKubeletFields),
        ),
    ];
}

/** Fields of kube-proxy that neither the program nor kubeadm sets itself. */
export function kubeProxyRules(config: ClusterConfig): string[] {
    return fieldProblems("kubeProxy", config.kubeProxy, ownKubeProxyFields);
}

function fieldProblems(key: string, fields: unknown, own: Readonly<Record<string, string>>): string[] {
    return Object.entries(own).flatMap(([field, instead]) =>
        hasField(fields, field.split(".")) ? [`${key}: ${field} ${instead}`] : [],
    );
}

function hasField(fields: unknown, [field = "", ...inner]: readonly string[]): boolean {
    if (typeof fields !== "object" || fields === null) {
        return false;
    }
    const found = new Map<string, unknown>(Object.entries(fields)).get(field);
    return inner.length === 0 ? found !== undefined : hasField(found, inner);
}

/** What kubeadm can patch. */
const patchTargets = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "kubeletconfiguration",
    "corednsdeployment",
    "kubeproxydaemonset",
];
const patchFile = new RegExp(`^(${patchTargets.join("|")})[^.+/\\s]*(\\+(strategic|merge|json))?\\.(yaml|json)$`);

/** Patches: files that kubeadm recognises, with text that parses. */
export function patchRules(config: ClusterConfig): string[] {
    const minor = parseVersion(config.kubernetesVersion)?.minor;
    return Object.entries(config.patches).flatMap(([file, content]) => {
        const [, target] = patchFile.exec(file) ?? [];
        if (target === undefined) {
            return [
                `patches: "${file}" is not target[suffix][+strategic|+merge|+json].yaml or .json, ` +
                    `for example kube-apiserver0+strategic.yaml; targets are ${patchTargets.join(", ")}`,
            ];
        }
        if (target === "kubeproxydaemonset" && minor !== undefined && minor < 37) {
            return [`patches: ${file} needs Kubernetes 1.37; kubeadm 1.${minor} does not patch kube-proxy`];
        }
        const problem = contentProblem(content);
        return problem === undefined ? [] : [`patches: ${file} ${problem}`];
    });
}

function contentProblem(content: string): string | undefined {
    try {
        const documents = parseAllDocuments(content);
        const [error] = documents.flatMap((document) => document.errors);
        if (error !== undefined) {
            return `does not parse: ${error.message.split("\n")[0] ?? ""}`;
        }
        return documents.length > 0 && documents.every((document) => isCollection(document.contents))
            ? undefined
            : "has no fields to patch; give a map of fields, or a list of JSON patch operations";
    } catch (error) {
        return `does not parse: ${messageOf(error)}`;
    }
}
