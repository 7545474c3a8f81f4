import type { ClusterConfig } from "./clusterConfig";
import { etcdNames } from "./etcd";
import { machinesInFront } from "./hosts";
import { spanOf, spans } from "./labels";
import { didYouMean, isDnsLabel } from "./names";
import { nodeNames, poolNameOf } from "./nodes";
import { numberedNodes, toMebibytes } from "./pools";

/** Names of nodes are those of pools, and these have a meaning of their own. */
const takenNames = ["control-plane", "worker", "etcd", "load-balancer", "bastion"];
/** Room for a dash and five digits in a DNS label. */
const nameLimit = 57;
/** What the name of a node has more on platform aws: "-i" and five letters of its instance's id. */
const instanceSuffix = 7;
/** What a worker needs; preflight.sh asks for the same. */
const leastMemory = 900;

/** Pools of workers: names that make names of nodes, machines that can be nodes, and a share that can be spared. */
export function poolRules(config: ClusterConfig): string[] {
    return [
        ...shareProblems("workerMaxUnavailable", config.workerMaxUnavailable),
        ...Object.entries(config.workerPools).flatMap(([name, { autoscaling, cpus, memory, maxUnavailable }]) => [
            // Nodes of instances that join by themselves are called by the id alone.
            ...nameProblems(
                name,
                config.platform === "aws" && autoscaling === undefined ? nameLimit - instanceSuffix : nameLimit,
            ),
            ...(config.platform === "local" || (cpus === undefined && memory === undefined)
                ? []
                : [`workerPools: ${name}: cpus and memory are for machines of platform local; take them out`]),
            ...(cpus === 0 ? [`workerPools: ${name}: cpus: 0 is no machine; use 1 or more, or leave it out`] : []),
            ...(memory === undefined ? [] : memoryProblems(`workerPools: ${name}: memory`, memory)),
            ...shareProblems(`workerPools: ${name}: maxUnavailable`, maxUnavailable),
        ]),
    ];
}

function nameProblems(name: string, limit: number): string[] {
    if (takenNames.includes(name)) {
        return [`workerPools: "${name}" has a meaning of its own; choose another name, for example general`];
    }
    return isDnsLabel(name) && name.length <= limit
        ? []
        : [
              `workerPools: "${name}" cannot be part of the names of nodes; ` +
                  `use up to ${limit} lower-case letters, digits and "-", for example gpu`,
          ];
}

function memoryProblems(key: string, memory: string): string[] {
    const size = toMebibytes(memory);
    if (Number.isNaN(size)) {
        return [`${key}: "${memory}" is not an amount of memory; for example 4Gi or 1500Mi`];
    }
    return size < leastMemory ? [`${key}: ${memory} is less than a worker needs; use ${leastMemory}Mi or more`] : [];
}

function shareProblems(key: string, share: string): string[] {
    return /^([1-9]\d{0,4}|([1-9]\d?|100)%)$/.test(share)
        ? []
        : [`${key}: "${share}" is neither a number of nodes from 1 nor a percentage; for example 2 or 25%`];
}

/** Lists of names of nodes: all are known, each once, and only workers can be taken out. */
export function nodeListRules(config: ClusterConfig): string[] {
    const { controlPlanes } = nodeNames(config);
    return [
        ...listProblems(config, "withoutNodes"),
        ...config.withoutNodes
            .filter((name) => controlPlanes.includes(name))
            .map(
                (name) =>
                    `withoutNodes: ${name} is a control plane, and an even number of them has no better quorum; ` +
                    "put it into replace for another machine, or lower controlPlaneNodes",
            ),
        ...listProblems(config, "replace"),
        ...config.replace
            .filter((name) => config.withoutNodes.includes(name))
            .map((name) => `replace: ${name} is in withoutNodes too; keep one of them`),
    ];
}

function listProblems(config: ClusterConfig, key: "withoutNodes" | "replace"): string[] {
    const known = [
        ...numberedNodes(config),
        ...(key === "replace" ? [...etcdNames(config), ...machinesInFront(config)] : []),
    ];
    const names = config[key];
    return [...new Set(names)].flatMap((name) => {
        if (!known.includes(name)) {
            return [`${key}: "${name}" is not a node of this cluster; ${help(config, name, known)}`];
        }
        return names.indexOf(name) === names.lastIndexOf(name) ? [] : [`${key}: ${name} is given more than once`];
    });
}

/** A name of another number is another node, and no misspelling. */
function help(config: ClusterConfig, name: string, known: readonly string[]): string {
    const pool = poolNameOf(config, name);
    if (pool !== undefined) {
        const its = known.filter((each) => poolNameOf(config, each) === pool);
        return its.length === 0
            ? `it has ${spans(config)}`
            : `it has ${spanOf(its)}${its.length === 1 ? " only" : ""}; take ${name} off the list`;
    }
    return didYouMean(name, known, `it has ${spans(config)}`);
}
