import { isCollection, parseAllDocuments } from "yaml";
import type { ClusterConfig } from "./clusterConfig";
import { messageOf } from "./readers";
import { parseVersion } from "./version";

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
