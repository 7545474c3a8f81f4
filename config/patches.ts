import { isMap, parseAllDocuments } from "yaml";
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
const patchFile = new RegExp(`^(${patchTargets.join("|")})[^.+/\\s]*(?:\\+(strategic|merge|json))?\\.(?:yaml|json)$`);

/** Patches: files that kubeadm recognises, with text that parses. */
export function patchRules(config: ClusterConfig): string[] {
    const minor = parseVersion(config.kubernetesVersion)?.minor;
    return Object.entries(config.patches).flatMap(([file, content]) => {
        const [, target, type] = patchFile.exec(file) ?? [];
        if (target === undefined) {
            return [
                `patches: "${file}" is not target[suffix][+strategic|+merge|+json].yaml or .json, ` +
                    `for example kube-apiserver0+strategic.yaml; targets are ${patchTargets.join(", ")}`,
            ];
        }
        if (target === "kubeproxydaemonset" && minor !== undefined && minor < 37) {
            return [`patches: ${file} needs Kubernetes 1.37; kubeadm 1.${minor} does not patch kube-proxy`];
        }
        const problem = contentProblem(content, type === "json");
        return problem === undefined ? [] : [`patches: ${file} ${problem}`];
    });
}

function contentProblem(content: string, isJsonPatch: boolean): string | undefined {
    try {
        const documents = parseAllDocuments(content);
        const [error] = documents.flatMap((document) => document.errors);
        if (error !== undefined) {
            return `does not parse: ${error.message.split("\n")[0] ?? ""}`;
        }
        if (isJsonPatch) {
            return documents.every((document) => isListOfOperations(document.toJS()))
                ? undefined
                : "is no list of JSON patch operations; for example [{op: remove, path: /spec/priority}]";
        }
        return documents.length > 0 && documents.every((document) => isMap(document.contents))
            ? undefined
            : "has no fields to patch; give a map of them, or end its name in +json for a list of JSON patch operations";
    } catch (error) {
        return `does not parse: ${messageOf(error)}`;
    }
}

/** What RFC 6902 calls a JSON Patch document. */
function isListOfOperations(value: unknown): boolean {
    const operations = ["add", "remove", "replace", "move", "copy", "test"];
    return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((each: unknown) => {
            const { op, path } = Object(each) as { readonly op?: unknown; readonly path?: unknown };
            return operations.some((known) => known === op) && typeof path === "string";
        })
    );
}
