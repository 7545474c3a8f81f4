import { admin, loadBalancer } from "../config/hosts";
import { isRestored, type Restore } from "./restores";

/** What a stack remembers of the key `replace`. */
export interface Replacements {
    /** The list as it was. */
    readonly replace: readonly string[];
    /** How often each node got another machine through it, by name; never where a name is missing. */
    readonly generations: Readonly<Record<string, number>>;
    /** The address and what else tells each machine from others, where the configuration says it. */
    readonly machines?: Readonly<Record<string, string>>;
    /** The size of each machine that the platform makes. */
    readonly sizes?: Readonly<Record<string, string>>;
}

/**
 * The generation of each node's machine: one more for a name that is new in the list and had a machine before. A name
 * that stays in the list, or leaves it, changes nothing. Until an update is completed, `before` stays as it was, and so
 * does the answer.
 */
export function generationsAfter(
    before: Replacements & { readonly nodes: readonly string[] },
    after: Pick<Replacements, "replace"> & { readonly nodes: readonly string[] },
): Record<string, number> {
    const asked = after.replace.filter((name) => !before.replace.includes(name) && before.nodes.includes(name));
    const generations = after.nodes.map(
        (name) => [name, (before.generations[name] ?? 0) + (asked.includes(name) ? 1 : 0)] as const,
    );
    return Object.fromEntries(generations.filter(([, generation]) => generation > 0));
}

/** Nodes that get another machine in this update. */
export function replacedNodes(before: Machines, after: Machines): string[] {
    const asked = Object.keys(after.generations).filter((name) => after.generations[name] !== before.generations[name]);
    return [...new Set([...asked, ...movedNodes(before, after), ...resizedNodes(before, after)])];
}

/** Those of them that the configuration gives to a machine other than before. */
export function movedNodes({ machines: before = {} }: Machines, { machines: after = {} }: Machines): string[] {
    return changed(before, after);
}

/** Those of them whose machines are to have another size. */
export function resizedNodes({ sizes: before = {} }: Machines, { sizes: after = {} }: Machines): string[] {
    return changed(before, after);
}

function changed(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
    return Object.keys(after).filter((name) => name in before && after[name] !== before[name]);
}

/** The key that gives a machine its size. */
export function sizeKey(platform: string): string {
    return platform === "aws" ? "awsMachines" : "workerPools";
}

/** Those of them that are reached at another address then. */
export function readdressedNodes(before: Machines, after: Machines): string[] {
    return movedNodes(before, after).filter(
        (name) => addressOf(before.machines?.[name]) !== addressOf(after.machines?.[name]),
    );
}

type Machines = Pick<Replacements, "generations" | "machines" | "sizes">;

function addressOf(machine = ""): string {
    return machine.replace(/ .*/, "");
}

/** What the rules need to know of a cluster. */
type Cluster = Machines & {
    readonly platform: string;
    readonly kubernetesVersion: string;
    readonly controlPlaneNodes: readonly string[];
    readonly workerNodes: readonly string[];
    readonly etcdNodes: readonly string[];
    readonly restore: Restore;
};

/** Why nodes must not get another machine in this update, each with the safe way. */
export function replacementRules(before: Cluster, after: Cluster): string[] {
    // A restore makes every machine anew, and its data come from the snapshot.
    const rules = isRestored(before, after) ? [swapRules] : [lossRules, adminRules, memberRules, swapRules];
    return rules.flatMap((rule) => rule(before, after));
}

function lossRules(before: Cluster, after: Cluster): string[] {
    const asked = replacedNodes(before, after);
    const [moved, resized] = [movedNodes(before, after), resizedNodes(before, after)];
    const keyOf = (name: string): string =>
        moved.includes(name) ? "hosts" : resized.includes(name) ? sizeKey(after.platform) : "replace";
    const [only = "", ...others] = before.controlPlaneNodes;
    const [onlyMember = "", ...otherMembers] = before.etcdNodes;
    return [
        ...(others.length === 0 && asked.includes(only)
            ? [
                  `${keyOf(only)}: ${only} is the only control plane and alone ` +
                      `${onlyMember === "" ? "holds the cluster's data" : "serves its API"}; ` +
                      "set controlPlaneNodes to 3 first, and replace it in a second update",
              ]
            : []),
        ...(otherMembers.length === 0 && asked.includes(onlyMember)
            ? [
                  `${keyOf(onlyMember)}: ${onlyMember} is the only member of etcd and alone holds the cluster's data; ` +
                      "set etcdNodes to 3 first, and replace it in a second update",
              ]
            : []),
        ...(asked.length > 0 && before.kubernetesVersion !== after.kubernetesVersion
            ? [
                  `${keyOf(asked[0] ?? "")}: an upgrade and other machines for nodes (${asked.join(", ")}) cannot be one update; ` +
                      "upgrade first, then replace them",
              ]
            : []),
    ];
}

/** Evictions run on the machine that did them so far, which is cleared before. */
function adminRules(before: Cluster, after: Cluster): string[] {
    const machine = [loadBalancer, admin].find((name) => before.machines?.[name] !== undefined);
    if (machine === undefined || before.machines?.[machine] === after.machines?.[machine]) {
        return [];
    }
    const replaced = replacedNodes(before, after);
    const stay = namesOf(after).filter((name) => !replaced.includes(name));
    const leaving = namesOf(before).filter((name) => !stay.includes(name));
    return leaving.length === 0
        ? []
        : [
              `hosts: ${machine} cannot be another machine in the update in which nodes leave (${leaving.join(", ")}), ` +
                  "for it takes them out; change it alone first, and the nodes in a second update",
          ];
}

/** While a member is another machine, one that lives must be where the others and API servers are told that it is. */
function memberRules(before: Cluster, after: Cluster): string[] {
    const replaced = replacedNodes(before, after).filter((name) => before.etcdNodes.includes(name));
    const moved = readdressedNodes(before, after);
    const found = before.etcdNodes.filter((name) => after.etcdNodes.includes(name) && !moved.includes(name));
    const isFound = found.length > 1 || found.some((name) => !replaced.includes(name));
    // Another machine for the only member is refused for its data.
    return replaced.length === 0 || before.etcdNodes.length === 1 || isFound
        ? []
        : [
              `etcdNodes: no member of etcd stays where it is while ${replaced.join(", ")} ` +
                  `${replaced.length === 1 ? "gets another machine" : "get other machines"}; ` +
                  "change one member first, and the others in a second update",
          ];
}

function namesOf({ controlPlaneNodes, workerNodes, etcdNodes }: Cluster): string[] {
    return [...etcdNodes, ...controlPlaneNodes, ...workerNodes];
}

function swapRules(before: Machines, after: Machines): string[] {
    return swappedMachines(before, after).map(
        ([name, other]) =>
            `hosts: ${name} cannot have the machine of ${other} before that was cleared; ` +
            `give ${other} another one, or take it out, and give its machine to ${name} in a second update`,
    );
}

/** Names that get a machine which had another name, and that name. */
function swappedMachines({ machines: before = {} }: Machines, { machines: after = {} }: Machines): [string, string][] {
    return Object.keys(after).flatMap((name) => {
        const other = Object.keys(before).find((each) => addressOf(before[each]) === addressOf(after[name]));
        return other === undefined || other === name ? [] : [[name, other] satisfies [string, string]];
    });
}
