import type { ClusterConfig } from "./clusterConfig";
import type { Labels } from "./readers";
import { keyProblem, repeated, valueProblem } from "./names";
import { nodeSettings } from "./nodes";
import { numberedNodes, poolOf, poolsOf } from "./pools";

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const controlPlaneLabel = "node-role.kubernetes.io/control-plane";

/** Labels and taints of the roles and of single nodes, as Kubernetes takes them. */
export function labelAndTaintRules(config: ClusterConfig): string[] {
    return [
        ...labelProblems("controlPlaneLabels", config.controlPlaneLabels),
        ...labelProblems("workerLabels", config.workerLabels),
        ...workerRoleProblems("workerLabels", config.workerLabels),
        ...taintProblems("controlPlaneTaints", config.controlPlaneTaints),
        ...taintProblems("workerTaints", config.workerTaints),
        ...Object.entries(config.workerPools).flatMap(([name, { labels, taints }]) => [
            ...labelProblems(`workerPools: ${name}`, labels),
            ...workerRoleProblems(`workerPools: ${name}`, labels),
            ...taintProblems(`workerPools: ${name}`, taints),
        ]),
        ...Object.keys(config.nodes).flatMap((name) => nodeProblems(config, name)),
    ];
}

function nodeProblems(config: ClusterConfig, name: string): string[] {
    if (!numberedNodes(config).includes(name)) {
        return [`nodes: "${name}" is not a node of this cluster; it has ${spans(config)}`];
    }
    const { labels = {}, taints = [] } = config.nodes[name] ?? {};
    const own = taintProblems(`nodes: ${name}`, taints);
    return [
        ...labelProblems(`nodes: ${name}`, labels),
        ...(poolOf(config, name)?.role === "worker" ? workerRoleProblems(`nodes: ${name}`, labels) : []),
        ...own,
        ...(own.length === 0 ? duplicates(`nodes: ${name}`, nodeSettings(config, name).taints) : []),
    ];
}

/** The names of a cluster's nodes in few words. */
export function spans(config: ClusterConfig): string {
    return poolsOf({ ...config, withoutNodes: [] })
        .map(({ nodes }) => spanOf(nodes))
        .filter((span) => span !== "")
        .join(" and ");
}

/** The first and the last of the names, or the only one. */
export function spanOf(names: readonly string[]): string {
    return [...new Set([names.at(0) ?? "", names.at(-1) ?? ""])].join(" to ");
}

/** What Kubernetes would refuse in a map of labels. */
function labelProblems(key: string, labels: Labels): string[] {
    return Object.entries(labels).flatMap(([name, value]) =>
        [keyProblem(name), valueProblem(value), ownLabelProblem(name)]
            .filter((problem) => problem !== undefined)
            .map((problem) => `${key}: label ${name}: ${problem}`),
    );
}

/** Labels that a kubelet says of its machine, and the program of its nodes. */
function ownLabelProblem(name: string): string | undefined {
    return /^(pulumi-kubeadm\/|(beta\.)?kubernetes\.io\/(arch|os)$|kubernetes\.io\/hostname$)/.test(name)
        ? "is not yours to set, since pods are placed by it; use a key of your own"
        : undefined;
}

function workerRoleProblems(key: string, labels: Labels): string[] {
    return controlPlaneLabel in labels
        ? [`${key}: ${controlPlaneLabel} would make a worker look like a control plane; leave it out`]
        : [];
}

/** What Kubernetes would refuse in a list of taints. */
function taintProblems(key: string, taints: readonly string[]): string[] {
    const problems = taints.flatMap((taint) => {
        const [, name = "", , value = "", effect] = /^([^=:]*)(=([^:]*))?:(.*)$/.exec(taint) ?? [];
        if (effect === undefined) {
            return [`${key}: "${taint}" is not a taint; write key=value:Effect or key:Effect`];
        }
        return [
            keyProblem(name),
            valueProblem(value),
            effects.includes(effect) ? undefined : `"${effect}" is not an effect; use ${effects.join(", ")}`,
        ]
            .filter((problem) => problem !== undefined)
            .map((problem) => `${key}: taint ${taint}: ${problem}`);
    });
    return problems.length > 0 ? problems : duplicates(key, taints);
}

/** A node has a taint once per key and effect. */
function duplicates(key: string, taints: readonly string[]): string[] {
    return repeated(taints.map((taint) => taint.replace(/=[^:]*/, ""))).map(
        (identity) => `${key}: taint ${identity} is given more than once; a node has one taint per key and effect`,
    );
}
