import { isDeepStrictEqual } from "node:util";
import { diskEffects } from "./awsChanges";
import { admin, bastion, loadBalancer } from "../config/hosts";
import { poolOfName } from "../config/pools";
import { type StaticPod, staticPods } from "../config/staticPods";
import { parseVersion } from "../config/version";
import { movedNodes, readdressedNodes, replacedNodes, resizedNodes, sizeKey } from "./replacements";
import { isRestored, restoreEffect } from "./restores";
import type { ClusterFacts } from "./clusterFacts";

type Settings = ClusterFacts["settings"];
/** Keys of settings by static pod. */
type OfPods = "extraVolumes" | "extraEnvs";

const apiServer = "kube-apiserver restarts";
const controllerManager = "kube-controller-manager restarts";
const scheduler = "kube-scheduler restarts";
const etcd = "etcd and kube-apiserver restart";
const kubelet = "the kubelet restarts, pods go on";
const kubeProxy = "kube-proxy restarts";
const containerd = "containerd restarts, pods go on";
const otherInstances = "AWS renews them, maxUnavailable at a time";

/** What a changed setting does to a control plane, to a worker, and to instances that join by themselves. */
const effectOf: Readonly<
    Record<Exclude<keyof Settings, OfPods | "haproxy" | "patches">, Omit<Effect, "key" | "member">>
> = {
    certSANs: { controlPlane: apiServer },
    apiServerExtraArgs: { controlPlane: apiServer },
    controllerManagerExtraArgs: { controlPlane: controllerManager },
    schedulerExtraArgs: { controlPlane: scheduler },
    etcdExtraArgs: { controlPlane: etcd },
    kubelet: { controlPlane: kubelet, worker: kubelet, instances: otherInstances },
    kubeProxy: { controlPlane: kubeProxy, worker: kubeProxy },
    kubeProxyMode: { controlPlane: kubeProxy, worker: kubeProxy, instances: otherInstances },
    containerd: { controlPlane: containerd, worker: containerd, instances: otherInstances },
};

/** The same by the static pod that a setting is for. */
const effectOfPod: Readonly<Record<StaticPod, string>> = {
    apiServer,
    controllerManager,
    scheduler,
};

/** The same by what a patch is for; the beginning of its file's name. */
const effectOfPatch: Readonly<Record<string, Omit<Effect, "key" | "member">>> = {
    "kube-apiserver": { controlPlane: apiServer },
    "kube-controller-manager": { controlPlane: controllerManager },
    "kube-scheduler": { controlPlane: scheduler },
    etcd: { controlPlane: etcd },
    kubeletconfiguration: { controlPlane: kubelet, worker: kubelet, instances: otherInstances },
    corednsdeployment: { controlPlane: "CoreDNS rolls over" },
    kubeproxydaemonset: { controlPlane: kubeProxy, worker: kubeProxy },
};

interface Replacing {
    readonly member: string;
    readonly controlPlane: string;
    readonly worker: string;
}

const inPlace: Replacing = {
    member: "it leaves, and joins again with another machine",
    controlPlane: "it leaves, and joins again with another machine",
    worker: "it is drained, and joins again with another machine",
};

/** What another machine means: on AWS another machine is a node before the one in its place goes. */
const effectOfReplacing: Readonly<Record<string, Replacing>> = {
    aws: {
        ...inPlace,
        controlPlane: "another machine joins in its place, then it leaves",
        worker: "another machine joins in its place, then it is drained and leaves",
    },
    hosts: {
        member: "it leaves, its machine is cleared, and it joins again",
        controlPlane: "it leaves, its machine is cleared, and it joins again",
        worker: "it is drained, its machine is cleared, and it joins again",
    },
};

/** What an update means for the nodes that stay, a line for each kind of node and effect; none when nothing restarts. */
export function changeEffects(before: ClusterFacts, after: ClusterFacts): string[] {
    return isRestored(before, after) ? [restoreEffect(after.platform)] : effectsOnNodes(before, after);
}

function effectsOnNodes(before: ClusterFacts, after: ClusterFacts): string[] {
    const effects = [
        ...versionEffects(before, after),
        ...etcdSizeEffects(before, after),
        ...etcdAddressEffects(before, after),
        ...operatorEffects(before, after),
        ...settingEffects(before, after),
    ];
    const members = staying(before.etcdNodes, after.etcdNodes);
    const controlPlanes = staying(before.controlPlaneNodes, after.controlPlaneNodes);
    const workers = staying(before.workerNodes, after.workerNodes);
    const pools = staying(before.autoscalingPools, after.autoscalingPools);
    return [
        ...frontEffects(before, after),
        ...effects.flatMap(({ key, member, controlPlane, worker, instances }) => [
            ...(member === undefined ? [] : lines(members, `${member}, one member at a time`, key)),
            ...(controlPlane === undefined ? [] : lines(controlPlanes, `${controlPlane}, one node at a time`, key)),
            ...(worker === undefined ? [] : lines(workers, worker, key)),
            ...(instances === undefined ? [] : lines(instancesOf(pools), instances, key)),
        ]),
        ...poolEffects(before, after),
        ...diskEffects(before, after),
        ...renewalEffects(before, after),
        ...replacementEffects(before, after),
    ];
}

interface Effect {
    readonly key: string;
    /** What it does to a member of external etcd, and so on. */
    readonly member?: string;
    readonly controlPlane?: string;
    readonly worker?: string;
    /** The same to instances that join by themselves. */
    readonly instances?: string;
}

function versionEffects(before: ClusterFacts, after: ClusterFacts): Effect[] {
    const [from, to] = [before.kubernetesVersion, after.kubernetesVersion];
    if (from === to) {
        return [];
    }
    const etcdChanges = before.etcdVersion !== undefined && before.etcdVersion !== after.etcdVersion;
    const drained = parseVersion(from)?.minor === parseVersion(to)?.minor ? "" : "it is drained, then ";
    return [
        {
            key: `kubernetesVersion ${from} to ${to}`,
            ...(etcdChanges ? { member: `etcd ${before.etcdVersion} becomes ${after.etcdVersion ?? ""}` } : {}),
            controlPlane: `${drained}its static pods and its kubelet restart`,
            worker: `${drained}its kubelet restarts`,
            instances: otherInstances,
        },
    ];
}

/** API servers are told the addresses of all members. */
function etcdSizeEffects({ etcdNodes: before }: ClusterFacts, { etcdNodes: after }: ClusterFacts): Effect[] {
    return before.length === after.length
        ? []
        : [{ key: `etcdNodes ${before.length} to ${after.length}`, controlPlane: apiServer }];
}

function etcdAddressEffects(before: ClusterFacts, after: ClusterFacts): Effect[] {
    const members = readdressedNodes(before, after).filter((name) => after.etcdNodes.includes(name));
    return members.length === 0 ? [] : [{ key: `hosts ${members.join(", ")}`, controlPlane: apiServer }];
}

/** Certificates of API servers have the name under which the operator reaches them. */
function operatorEffects(before: ClusterFacts, after: ClusterFacts): Effect[] {
    return [
        ...(differs("loadBalancerHost", before, after) ? ["hosts load-balancer"] : []),
        ...(differs("awsPublicEndpoint", before, after) ? ["awsPublicEndpoint"] : []),
    ].map((key) => ({ key, controlPlane: apiServer }));
}

/** Of the machines in front of the cluster. */
function frontEffects(before: ClusterFacts, after: ClusterFacts): string[] {
    const balancer = [
        ...frontReplacing(before, after, loadBalancer),
        ...(differs("localApiPort", before, after) ? [["localApiPort", anotherInFront] as const] : []),
    ];
    return [
        ...balancer.flatMap(([key, effect]) =>
            lines([loadBalancer], `${effect}, and the API gives no answer until then`, key),
        ),
        ...(isDeepStrictEqual(before.settings.haproxy, after.settings.haproxy)
            ? []
            : lines([loadBalancer], "HAProxy reloads, connections go on", "haproxy")),
        ...[admin, bastion].flatMap((name) =>
            frontReplacing(before, after, name).flatMap(([key, effect]) => lines([name], effect, key)),
        ),
    ];
}

const anotherInFront = "another one comes in its place";

/** Why a machine in front becomes another one, by key, and how. */
function frontReplacing(before: ClusterFacts, after: ClusterFacts, name: string): (readonly [string, string])[] {
    const asked = after.platform === "hosts" ? "it is cleared and set up again" : anotherInFront;
    return [
        ...(movedNodes(before, after).includes(name) ? [["hosts", anotherInFront] as const] : []),
        ...(askedNodes(before, after).includes(name) ? [["replace", asked] as const] : []),
        ...(resizedNodes(before, after).includes(name) ? [[sizeKey(after.platform), anotherInFront] as const] : []),
    ];
}

/** Facts of earlier versions of this program may not have it. */
function differs(fact: keyof ClusterFacts, before: ClusterFacts, after: ClusterFacts): boolean {
    return before[fact] !== undefined && before[fact] !== after[fact];
}

function settingEffects({ settings: before, etcd: place }: ClusterFacts, { settings: after }: ClusterFacts): Effect[] {
    // The keys of a literal, which TypeScript types as any string.
    const keys = Object.keys(effectOf) as (keyof typeof effectOf)[];
    const changed = keys.filter((key) => !isDeepStrictEqual(before[key], after[key]));
    const files = Object.keys({ ...before.patches, ...after.patches }).sort();
    const patched = files.filter((file) => before.patches[file] !== after.patches[file]);
    return [
        ...changed.map((key) =>
            key === "etcdExtraArgs" && place === "external"
                ? { key, member: "etcd restarts" }
                : { key, ...effectOf[key] },
        ),
        ...podEffects("extraVolumes", before, after),
        ...podEffects("extraEnvs", before, after),
        ...patched.flatMap((file) => {
            const target = Object.keys(effectOfPatch).find((name) => file.startsWith(name));
            const effect = target === undefined ? undefined : effectOfPatch[target];
            return effect === undefined ? [] : [{ key: `patches ${file}`, ...effect }];
        }),
    ];
}

function podEffects(key: OfPods, { [key]: before }: Settings, { [key]: after }: Settings): Effect[] {
    return staticPods
        .filter((pod) => !isDeepStrictEqual(before[pod], after[pod]))
        .map((pod) => ({ key: `${key} ${pod}`, controlPlane: effectOfPod[pod] }));
}

function poolEffects(before: ClusterFacts, after: ClusterFacts): string[] {
    const told = [
        ...poolSettingEffects(before, after, "poolKubelets", kubelet),
        ...poolSettingEffects(before, after, "poolContainerds", containerd),
    ];
    // Instances are renewed once for both.
    return [...new Set(told)];
}

function poolSettingEffects(
    before: ClusterFacts,
    after: ClusterFacts,
    fact: "poolKubelets" | "poolContainerds",
    effect: string,
): string[] {
    const workers = staying(before.workerNodes, after.workerNodes);
    const pools = staying(before.autoscalingPools, after.autoscalingPools);
    return Object.keys({ ...before[fact], ...after[fact] })
        .filter((pool) => !isDeepStrictEqual(before[fact][pool], after[fact][pool]))
        .flatMap((pool) => {
            const nodes = workers.filter((name) => poolOfName(name) === pool);
            const key = `workerPools ${pool}`;
            return [
                ...lines(nodes, effect, key),
                ...lines(instancesOf(pools.filter((name) => name === pool)), otherInstances, key),
            ];
        });
}

function replacementEffects(before: ClusterFacts, after: ClusterFacts): string[] {
    const moved = movedNodes(before, after);
    const resized = resizedNodes(before, after);
    const effect = effectOfReplacing[after.platform] ?? inPlace;
    return [
        ...replacing(after, askedNodes(before, after), effect, "replace"),
        ...replacing(after, moved, inPlace, "hosts"),
        ...replacing(after, resized, effect, sizeKey(after.platform)),
    ];
}

/** Those whose names were put into the key `replace`, and that have no other reason to be made anew. */
function askedNodes(before: ClusterFacts, after: ClusterFacts): string[] {
    const others = [...movedNodes(before, after), ...resizedNodes(before, after)];
    return replacedNodes(before, after).filter((name) => !others.includes(name));
}

function replacing(
    { etcdNodes, controlPlaneNodes, workerNodes }: ClusterFacts,
    names: readonly string[],
    { member, controlPlane, worker }: Replacing,
    key: string,
): string[] {
    const among = (nodes: readonly string[]): string[] => names.filter((name) => nodes.includes(name));
    return [
        ...lines(among(etcdNodes), `${member}, one member at a time`, key),
        ...lines(among(controlPlaneNodes), `${controlPlane}, one node at a time`, key),
        ...lines(among(workerNodes), worker, key),
    ];
}

function renewalEffects(before: ClusterFacts, after: ClusterFacts): string[] {
    const due = Object.keys(after.renewals).filter((node) => after.renewals[node] !== before.renewals[node]);
    return lines(due, "its certificates are renewed and its static pods restart, one node at a time", "they end soon");
}

function staying(before: readonly string[], after: readonly string[]): string[] {
    return after.filter((name) => before.includes(name));
}

/** How a line calls the instances of pools; none for no pool. */
function instancesOf(pools: readonly string[]): string[] {
    return pools.length === 0 ? [] : [`instances of ${pools.join(", ")}`];
}

function lines(nodes: readonly string[], effect: string, key: string): string[] {
    return nodes.length === 0 ? [] : [`${nodes.join(", ")}: ${effect} (${key})`];
}
