import type { ClusterConfig, ExtraArgs } from "../config";
import { parseVersion } from "./version";

const extraArgsKeys = [
    "apiServerExtraArgs",
    "controllerManagerExtraArgs",
    "schedulerExtraArgs",
    "etcdExtraArgs",
] as const;

type ExtraArgsKey = (typeof extraArgsKeys)[number];

const byKubeadm = "is set by kubeadm for each node; leave it out";
const certificates = "names a certificate or key that kubeadm manages; leave it out";
const etcdIdentity = "is part of how etcd's members find each other, set for each of them; leave it out";
const election = "must stay true, else several would act at once; leave it out";

/** Flags that the program or kubeadm sets, and what to do instead of setting them. */
const ownFlags: Readonly<Record<ExtraArgsKey, Readonly<Record<string, string>>>> = {
    apiServerExtraArgs: {
        "advertise-address": byKubeadm,
        "allow-privileged": "must stay true for kube-proxy and the CNI; leave it out",
        "anonymous-auth": "must stay true for the health checks of kubelet and load balancer; leave it out",
        "client-ca-file": certificates,
        "enable-bootstrap-token-auth": "must stay true for nodes to join; leave it out",
        "etcd-cafile": certificates,
        "etcd-certfile": certificates,
        "etcd-keyfile": certificates,
        "etcd-servers": byKubeadm,
        "kubelet-client-certificate": certificates,
        "kubelet-client-key": certificates,
        "proxy-client-cert-file": certificates,
        "proxy-client-key-file": certificates,
        "requestheader-client-ca-file": certificates,
        "secure-port": "must be the port that the load balancer knows; leave it out",
        "service-account-key-file": certificates,
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
        kubeconfig: byKubeadm,
        "leader-elect": election,
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
        "cert-file": certificates,
        "client-cert-auth": "must stay true, else anyone on the network could read the cluster; leave it out",
        "data-dir": byKubeadm,
        "initial-advertise-peer-urls": etcdIdentity,
        "initial-cluster": etcdIdentity,
        "initial-cluster-state": etcdIdentity,
        "initial-cluster-token": etcdIdentity,
        "key-file": certificates,
        "listen-client-urls": etcdIdentity,
        "listen-peer-urls": etcdIdentity,
        name: etcdIdentity,
        "peer-cert-file": certificates,
        "peer-client-cert-auth": "must stay true, else anyone on the network could join; leave it out",
        "peer-key-file": certificates,
        "peer-trusted-ca-file": certificates,
        "trusted-ca-file": certificates,
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
        key: "etcdExtraArgs",
        flag: /^experimental-/,
        since: 37,
        instead: "use the flag without experimental-, or feature-gates",
    },
];

/** Extra flags: written without dashes, not those that hold the cluster together, not those that are gone. */
export function extraArgsRules(config: ClusterConfig): string[] {
    const minor = parseVersion(config.kubernetesVersion)?.minor ?? 0;
    return extraArgsKeys.flatMap((key) => flagProblems(key, config[key], minor));
}

function flagProblems(key: ExtraArgsKey, flags: ExtraArgs, minor: number): string[] {
    return Object.entries(flags).flatMap(([flag, value]) => {
        const removed = removedFlags.find((each) => each.key === key && each.flag.test(flag) && minor >= each.since);
        const own = ownFlags[key][flag];
        if (flag.startsWith("-")) {
            return [`${key}: ${flag} starts with a dash; write ${flag.replace(/^-+/, "")}`];
        }
        if (!/^[a-z0-9][a-z0-9-]*$/.test(flag)) {
            return [`${key}: "${flag}" is not the name of a flag; use lower-case letters, digits and "-"`];
        }
        if (own !== undefined) {
            return [`${key}: ${flag} ${own}`];
        }
        if (removed !== undefined) {
            return [`${key}: ${flag} is gone since Kubernetes 1.${removed.since}; ${removed.instead}`];
        }
        return value.length === 0 && typeof value !== "string"
            ? [`${key}: ${flag} has an empty list; give a value, or leave it out`]
            : [];
    });
}
