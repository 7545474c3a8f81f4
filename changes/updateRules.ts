import { compareVersions, parseVersion } from "../config/version";
import { awsChangeRules } from "./awsChanges";
import { type ClusterFacts, knownNodes, recorded } from "./clusterFacts";
import { replacementRules } from "./replacements";
import { isRestored, restoreRules } from "./restores";

/**
 * Why a cluster must not become the one that is configured, each with the safe way; empty when it may.
 * `before` is what the stack's output holds, undefined for a cluster that was never completed.
 */
export function refusals(before: unknown, after: ClusterFacts): string[] {
    if (before === undefined) {
        return [];
    }
    const known = recorded(before);
    if (known === undefined) {
        return [
            "facts: what this stack recorded of its cluster is not readable by this version of the program; " +
                "use the version that made the last update, or a newer one",
        ];
    }
    return rules.flatMap((rule) => rule(known, after));
}

type Rule = (before: ClusterFacts, after: ClusterFacts) => string[];

const rules: readonly Rule[] = [
    immutableFields,
    issuerStays,
    awsChangeRules,
    controlPlanesStay,
    versionChange,
    oneAtATime,
    replacementRules,
    restoreRules,
];

/** What kubeadm cannot change in a running cluster, as a person names it. */
const immutable = {
    platform: "moves the cluster to other machines",
    clusterName: "names the cluster in every kubeconfig",
    podSubnet: "is the network of running pods",
    serviceSubnet: "holds the addresses of existing Services",
    dnsDomain: "is written into pods and certificates",
    controlPlaneEndpoint: "is written into every node and kubeconfig",
    etcd: "holds the cluster's data",
    cni: "connects running pods",
    localSubnet: "holds the addresses of the machines",
    awsVpc: "holds the addresses of the machines",
    awsZones: "says where machines and load balancers are",
    awsAddons: "sets flags of every kubelet that it has from its first start",
} as const satisfies Partial<Record<keyof ClusterFacts, string>>;

function immutableFields(before: ClusterFacts, after: ClusterFacts): string[] {
    // The keys of a literal, which TypeScript types as any string.
    const keys = Object.keys(immutable) as (keyof typeof immutable)[];
    return keys
        .filter((key) => before[key] !== after[key])
        .filter((key) => before.platform === after.platform || !isOfOnePlatform(key))
        .map(
            (key) =>
                `${key}: ${before[key] ?? "none"} cannot become ${after[key] ?? "none"}, it ${immutable[key]}; ` +
                "set it back, or make a second stack and move the workloads",
        );
}

function isOfOnePlatform(key: string): boolean {
    return /^(local|aws)/.test(key);
}

/** Tokens of running pods name the first issuer: without it, all of them are refused until they are renewed. */
function issuerStays(before: ClusterFacts, after: ClusterFacts): string[] {
    const flag = "service-account-issuer";
    const issuersOf = ({ settings }: ClusterFacts): string[] =>
        [settings.apiServerExtraArgs[flag] ?? `https://kubernetes.default.svc.${before.dnsDomain}`].flat();
    const [first = ""] = issuersOf(before);
    const issuers = issuersOf(after);
    return issuers.includes(first) || isRestored(before, after)
        ? []
        : [
              `apiServerExtraArgs: ${flag}: tokens of running pods are of ${first}, and would be refused; ` +
                  `write [${[...issuers, first].join(", ")}], and take the last off the list after a day`,
          ];
}

/**
 * Control planes leave one at a time, each only while etcd's other members are healthy, so going from 5 or 3 to 1
 * keeps quorum at every step. It takes one that stays: it alone holds the data when the others have left.
 */
function controlPlanesStay(before: ClusterFacts, after: ClusterFacts): string[] {
    return before.controlPlaneNodes.some((name) => after.controlPlaneNodes.includes(name))
        ? []
        : [
              `controlPlaneNodes: none of ${before.controlPlaneNodes.join(", ")} would stay; ` +
                  "keep them while the others are added, and take them out in a second update",
          ];
}

/** The first reason that applies: a later one would give advice that the earlier one takes back. */
function versionChange(before: ClusterFacts, after: ClusterFacts): string[] {
    if (isRestored(before, after)) {
        return [];
    }
    const reason = [downgrade, skippedMinor]
        .map((rule) => rule(before.kubernetesVersion, after.kubernetesVersion))
        .find((each) => each !== undefined);
    return reason === undefined
        ? []
        : [`kubernetesVersion: ${before.kubernetesVersion} cannot become ${after.kubernetesVersion}, ${reason}`];
}

function downgrade(before: string, after: string): string | undefined {
    return compareVersions(before, after) > 0
        ? `Kubernetes has no downgrade; set ${before} or a later version, or restore a snapshot of that one with it`
        : undefined;
}

function skippedMinor(before: string, after: string): string | undefined {
    const [from, to] = [minorOf(before), minorOf(after)];
    return to > from + 1 ? `minors cannot be skipped; go to 1.${from + 1} first` : undefined;
}

/**
 * A machine that joins is of the new version at once, and those that it joins are not yet. A control plane that leaves does so
 * at the end, with the version before, and kubeadm's addons wait for all API servers. In a restore all machines are new.
 */
function oneAtATime(before: ClusterFacts, after: ClusterFacts): string[] {
    if (before.kubernetesVersion === after.kubernetesVersion || isRestored(before, after)) {
        return [];
    }
    const known = [...before.etcdNodes, ...knownNodes(before)];
    const added = [...after.etcdNodes, ...knownNodes(after)].filter((name) => !known.includes(name));
    const gone = before.controlPlaneNodes.filter((name) => !after.controlPlaneNodes.includes(name));
    return [
        ...(added.length === 0
            ? []
            : [
                  `kubernetesVersion: an upgrade and new nodes (${added.join(", ")}) cannot be one update; ` +
                      "upgrade first, then add them",
              ]),
        ...(gone.length === 0
            ? []
            : [
                  `kubernetesVersion: an upgrade and fewer control planes (${gone.join(", ")}) cannot be one update; ` +
                      "upgrade first, then take them out",
              ]),
    ];
}

function minorOf(version: string): number {
    return parseVersion(version)?.minor ?? 0;
}
