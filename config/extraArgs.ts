import type { ClusterConfig } from "./clusterConfig";
import type { ExtraArgs } from "./readers";
import { apiServerFlags, controllerManagerFlags, etcdFlags, fileFlags, newFlags, schedulerFlags } from "./flagTables";
import { type Kind, kinds, kindsOf, tooNew } from "./kinds";
import { didYouMean } from "./names";
import { nodeMaskProblem } from "./nodeMask";
import { plainPath, seenPlaces, staticPods } from "./staticPods";
import { parseVersion } from "./version";

const extraArgsKeys = [
    "apiServerExtraArgs",
    "controllerManagerExtraArgs",
    "schedulerExtraArgs",
    "etcdExtraArgs",
] as const;

type ExtraArgsKey = (typeof extraArgsKeys)[number];

/** Who takes the flags of a key, and which there are. */
const components: Readonly<Record<ExtraArgsKey, { name: string; flags: ReadonlyMap<string, Kind> }>> = {
    apiServerExtraArgs: { name: "kube-apiserver", flags: kindsOf(apiServerFlags) },
    controllerManagerExtraArgs: { name: "kube-controller-manager", flags: kindsOf(controllerManagerFlags) },
    schedulerExtraArgs: { name: "kube-scheduler", flags: kindsOf(schedulerFlags) },
    etcdExtraArgs: { name: "etcd", flags: kindsOf(etcdFlags) },
};

const byKubeadm = "is set by kubeadm for each node; leave it out";
const certificates = "names a certificate or key that kubeadm manages; leave it out";
const etcdIdentity = "is part of how etcd's members find each other, set for each of them; leave it out";
const autoTls = "would stand for the certificates that kubeadm manages; leave it out";
const election = "must stay true, else several would act at once; leave it out";
const signing = "is not taken beside cluster-signing-cert-file, which kubeadm gives; leave it out";
const signingFlags = [...components.controllerManagerExtraArgs.flags.keys()].filter((flag) =>
    /^cluster-signing-.+-(cert|key)-file$/.test(flag),
);
const discoveryFlags = [...components.etcdExtraArgs.flags.keys()].filter((flag) => flag.startsWith("discovery"));

/** Flags that the program or kubeadm sets, and what to do instead of setting them. */
const ownFlags: Readonly<Record<ExtraArgsKey, Readonly<Record<string, string>>>> = {
    apiServerExtraArgs: {
        "advertise-address": byKubeadm,
        "allow-privileged": "must stay true for kube-proxy and the CNI; leave it out",
        "anonymous-auth": "must stay true for the health checks of kubelet and load balancer; leave it out",
        "bind-address": "must stay 0.0.0.0 for the load balancer and the health checks; leave it out",
        "client-ca-file": certificates,
        "enable-bootstrap-token-auth": "must stay true for nodes to join; leave it out",
        "etcd-cafile": certificates,
        "etcd-certfile": certificates,
        "etcd-keyfile": certificates,
        "etcd-prefix": "is where the cluster's data are in etcd, and another one has none of them; leave it out",
        "etcd-servers": byKubeadm,
        "kubelet-client-certificate": certificates,
        "kubelet-client-key": certificates,
        "proxy-client-cert-file": certificates,
        "proxy-client-key-file": certificates,
        "requestheader-client-ca-file": certificates,
        "secure-port": "must be the port that the load balancer knows; leave it out",
        "service-account-key-file": certificates,
        "service-account-signing-endpoint": "is not taken beside the keys that kubeadm gives; leave it out",
        "service-account-signing-key-file": certificates,
        "service-cluster-ip-range": "is the key serviceSubnet; set that",
        "tls-cert-file": certificates,
        "tls-private-key-file": certificates,
    },
    controllerManagerExtraArgs: {
        "allocate-node-cidrs": "must stay true for pods to get addresses; leave it out",
        "authentication-kubeconfig": byKubeadm,
        "authorization-kubeconfig": byKubeadm,
        "client-ca-file": certificates,
        "cluster-cidr": "is the key podSubnet; set that",
        "cluster-name": "is the key clusterName; set that",
        "cluster-signing-cert-file": certificates,
        "cluster-signing-key-file": certificates,
        ...Object.fromEntries(signingFlags.map((flag) => [flag, signing])),
        kubeconfig: byKubeadm,
        "leader-elect": election,
        "node-cidr-mask-size-ipv6": "is for pods with IPv6, which is not built yet; use node-cidr-mask-size-ipv4",
        "requestheader-client-ca-file": certificates,
        "root-ca-file": certificates,
        "service-account-private-key-file": certificates,
        "service-cluster-ip-range": "is the key serviceSubnet; set that",
    },
    schedulerExtraArgs: {
        "authentication-kubeconfig": byKubeadm,
        "authorization-kubeconfig": byKubeadm,
        kubeconfig: byKubeadm,
        "leader-elect": election,
    },
    etcdExtraArgs: {
        "advertise-client-urls": etcdIdentity,
        "auto-tls": autoTls,
        "cert-file": certificates,
        "client-cert-auth": "must stay true, else anyone on the network could read the cluster; leave it out",
        "data-dir": byKubeadm,
        ...Object.fromEntries(discoveryFlags.map((flag) => [flag, etcdIdentity])),
        "force-new-cluster":
            "would make each member a cluster of its own whenever it starts; leave it out, and use restoreFrom after a loss",
        "initial-advertise-peer-urls": etcdIdentity,
        "initial-cluster": etcdIdentity,
        "initial-cluster-state": etcdIdentity,
        "initial-cluster-token": etcdIdentity,
        "key-file": certificates,
        "listen-client-urls": etcdIdentity,
        "listen-peer-urls": etcdIdentity,
        name: etcdIdentity,
        "peer-auto-tls": autoTls,
        "peer-cert-file": certificates,
        "peer-client-cert-auth": "must stay true, else anyone on the network could join; leave it out",
        "peer-key-file": certificates,
        "peer-trusted-ca-file": certificates,
        "strict-reconfig-check": "must stay true, else a change of members could take the quorum; leave it out",
        "trusted-ca-file": certificates,
        "unsafe-no-fsync": "loses data when a machine ends; leave it out",
        "wal-dir": "would put data where neither a restart nor a restore looks for them; leave it out",
    },
};

/** Flags that a minor of Kubernetes no longer takes: the component would not start. */
const removedFlags: readonly { key: ExtraArgsKey; flag: RegExp; since: number; instead: string }[] = [
    {
        key: "apiServerExtraArgs",
        flag: /^cloud-(provider|config)$/,
        since: 33,
        instead: "run the cloud's controller manager",
    },
    {
        key: "controllerManagerExtraArgs",
        flag: /^concurrent-service-syncs$/,
        since: 37,
        instead: "services of type LoadBalancer are the cloud's controller manager's",
    },
    {
        key: "etcdExtraArgs",
        flag: /^experimental-/,
        since: 37,
        instead: "use the flag without experimental-, or feature-gates",
    },
];

/** What etcd sees of its machine as a static pod, which gets no other volumes. */
const etcdPlaces = ["/etc/kubernetes/pki/etcd", "/var/lib/etcd"];

/** Numbers as Go's ParseInt and ParseFloat read them. */
const numbers: Readonly<Partial<Record<Kind, RegExp>>> = {
    wholeNumber: /^([+-]?(0[0-7]*|[1-9]\d*)|0x[\da-f]+)$/i,
    number: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
};

/** Extra flags: those that a component has, of the right kind, and not those that hold the cluster together. */
export function extraArgsRules(config: ClusterConfig): string[] {
    return extraArgsKeys.flatMap((key) =>
        Object.entries(config[key]).flatMap(([flag, value]) => {
            const problem =
                flagProblem(key, flag, value, config.kubernetesVersion) ??
                fileProblem(key, flag, value, config) ??
                nodeMaskProblem(flag, config);
            return problem === undefined ? [] : [`${key}: ${flag}${problem}`];
        }),
    );
}

/** What is wrong with a flag, after its name. */
function flagProblem(key: ExtraArgsKey, flag: string, value: ExtraArgs[string], version: string): string | undefined {
    const minor = parseVersion(version)?.minor ?? 0;
    const removed = removedFlags.find((each) => each.key === key && each.flag.test(flag) && minor >= each.since);
    const own = ownFlags[key][flag];
    if (flag.startsWith("-")) {
        return ` starts with a dash; write ${flag.replace(/^-+/, "")}`;
    }
    if (own !== undefined) {
        return ` ${own}`;
    }
    if (removed !== undefined) {
        return ` is gone since Kubernetes 1.${removed.since}; ${removed.instead}`;
    }
    const { name, flags } = components[key];
    const kind = flags.get(flag);
    if (kind === undefined) {
        const hint = didYouMean(flag, [...flags.keys()], "its flags are in its reference");
        return ` is not a flag of ${name}; ${hint}`;
    }
    return (
        tooNew(newFlags[flag] ?? 0, version) ??
        valueProblem(kind, value) ??
        (flag === "authorization-mode" ? modeProblem([value].flat()) : undefined)
    );
}

/** What is wrong with the value of a flag, after its name: a text, or one for each time that the flag is given. */
function valueProblem(kind: Kind, value: ExtraArgs[string]): string | undefined {
    const values = typeof value === "string" ? [value] : value;
    if (values.length === 0) {
        return " has an empty list; give a value, or leave it out";
    }
    // A line of its own in the unit of external etcd would be a setting of its own.
    const broken = values.find((text) => /\p{Cc}/u.test(text));
    if (broken !== undefined) {
        return `: ${JSON.stringify(broken)} has a line break or another control character; write it without`;
    }
    const { fits, unlike } = kinds[kind];
    const wrong = values.find((text) => !fits(read(kind, text)));
    return wrong === undefined ? undefined : `: ${JSON.stringify(wrong)} ${unlike}`;
}

/** What is wrong with a file that a flag names, after its name: a static pod sees few folders unless it gets more. */
function fileProblem(
    key: ExtraArgsKey,
    flag: string,
    value: ExtraArgs[string],
    { etcd, patches, extraVolumes }: ClusterConfig,
): string | undefined {
    const { name } = components[key];
    const pod = staticPods.find((each) => key === `${each}ExtraArgs`);
    const isStatic = pod !== undefined || etcd === "stacked";
    const isPatched = Object.keys(patches).some((file) => file.startsWith(name));
    if (fileFlags[key]?.includes(flag) !== true || !isStatic || isPatched) {
        return undefined;
    }
    const places =
        pod === undefined
            ? etcdPlaces
            : [...seenPlaces[pod], ...(extraVolumes[pod] ?? []).map(({ mountPath }) => plainPath(mountPath))];
    const unseen = [value]
        .flat()
        .flatMap((text) => pathsIn(flag, text))
        .find((path) => !places.some((place) => `${path}/`.startsWith(`${place}/`)));
    const where = pod === undefined ? "below /etc/kubernetes/pki/etcd" : `and give extraVolumes: ${pod} its folder`;
    return unseen === undefined
        ? undefined
        : `: ${name} does not see ${unseen} of its machine; put it on each control plane, ${where}`;
}

/** The files that a flag names: one, or those among its parts. */
function pathsIn(flag: string, text: string): string[] {
    // cert,key:domain and jwt,pub-key=file,priv-key=file
    const parts = ["tls-sni-cert-key", "auth-token"].includes(flag) ? text.split(/[,:=]/) : [text];
    return parts.filter((part) => part.startsWith("/")).map(plainPath);
}

/** What is wrong with the ways in which requests are allowed: nodes need one of their own, and kubeadm writes roles. */
function modeProblem(values: readonly string[]): string | undefined {
    const given = values.join(",");
    const modes = given.split(",").filter((mode) => mode !== "");
    const needed = ["Node", "RBAC"];
    const others = modes.filter((mode) => !needed.includes(mode) && mode !== "AlwaysAllow");
    const instead = `write ${[...needed, ...others].join(",")}`;
    if (modes.includes("AlwaysAllow")) {
        return `: "${given}" lets everyone do everything; ${instead}`;
    }
    // kubeadm has both where none is given.
    return modes.length === 0 || needed.every((mode) => modes.includes(mode))
        ? undefined
        : `: "${given}" lacks Node or RBAC, which nodes and the cluster's own components need; ${instead}`;
}

/** What a component reads in the text of a flag. */
function read(kind: Kind, text: string): string | number | boolean {
    if (kind === "trueOrFalse") {
        return text === "true" || (text === "false" ? false : text);
    }
    return numbers[kind]?.test(text) === true ? Number(text) : text;
}
