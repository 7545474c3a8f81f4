import assert from "node:assert/strict";
import type { LocalCluster } from "./cluster";
import { lines } from "./command";

export const members = ["etcd-1", "etcd-2", "etcd-3"];

/** Asserts that these machines and no others are members, each with a vote. */
export async function allMembersVote(cluster: LocalCluster, names: readonly string[] = members): Promise<void> {
    const list = lines(await etcdctl(cluster, names, "member", "list")).map((line) => line.split(", "));
    assert.deepEqual(
        list.map(([, status, name, , , isLearner]) => [name, status, isLearner]).sort(),
        names.map((name) => [name, "started", "false"]),
    );
}

/** "member identity" of each machine, as etcd itself has noted it. */
export async function machines(cluster: LocalCluster): Promise<string[]> {
    const text = lines(await etcdctl(cluster, members, "get", "--prefix", "pulumi-kubeadm/machines/"));
    return members.map((name) => `${name} ${text[text.indexOf(`pulumi-kubeadm/machines/${name}`) + 1] ?? ""}`);
}

/** On the last of these members. */
function etcdctl(cluster: LocalCluster, names: readonly string[], ...args: readonly string[]): Promise<string> {
    return cluster.onMachine(names.at(-1) ?? "", etcdctlCommand(...args));
}

/** The command line of etcdctl on the machine of a member. */
export function etcdctlCommand(...args: readonly string[]): string {
    const pki = "/etc/etcd/pki";
    const flags = ["--cacert", `${pki}/ca.crt`, "--cert", `${pki}/server.crt`, "--key", `${pki}/server.key`];
    return ["etcdctl", ...flags, ...args].join(" ");
}
