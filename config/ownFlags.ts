import { controllerManagerFlags, etcdFlags } from "./flagTables";
import { kindsOf } from "./kinds";

/** The keys of the flags of a component. */
export const extraArgsKeys = [
    "apiServerExtraArgs",
    "controllerManagerExtraArgs",
    "schedulerExtraArgs",
    "etcdExtraArgs",
] as const;

/** One of them. */
export type ExtraArgsKey = (typeof extraArgsKeys)[number];

const byKubeadm = "is set by kubeadm for each node; leave it out";
const probed = "must be where kubeadm's probes ask whether it works; leave it out";
const certificates = "names a certificate or key that kubeadm manages; leave it out";
const etcdIdentity = "is part of how etcd's members find each other, set for each of them; leave it out";
const autoTls = "would stand for the certificates that kubeadm manages; leave it out";
const election = "must stay true, else several would act at once; leave it out";
const signing = "is not taken beside cluster-signing-cert-file, which kubeadm gives; leave it out";
const signingFlags = [...kindsOf(controllerManagerFlags).keys()].filter((flag) =>
    /^cluster-signing-.+-(cert|key)-file$/.test(flag),
);
const discoveryFlags = [...kindsOf(etcdFlags).keys()].filter((flag) => flag.startsWith("discovery"));

/** Flags that the program or kubeadm sets, and what to do instead of setting them. */
export const ownFlags: Readonly<Record<ExtraArgsKey, Readonly<Record<string, string>>>> = {
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
        "kubelet-certificate-authority":
            "would refuse the certificates that kubelets sign for themselves, and logs and exec with them; leave it out",
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
        "secure-port": probed,
        "service-account-private-key-file": certificates,
        "service-cluster-ip-range": "is the key serviceSubnet; set that",
    },
    schedulerExtraArgs: {
        "authentication-kubeconfig": byKubeadm,
        "authorization-kubeconfig": byKubeadm,
        kubeconfig: byKubeadm,
        "leader-elect": election,
        "secure-port": probed,
    },
    etcdExtraArgs: {
        "advertise-client-urls": etcdIdentity,
        "auto-tls": autoTls,
        "cert-file": certificates,
        "client-cert-auth": "must stay true, else anyone on the network could read the cluster; leave it out",
        "data-dir": byKubeadm,
        ...Object.fromEntries(discoveryFlags.map((flag) => [flag, etcdIdentity])),
        "enable-grpc-gateway": "must stay true for npm run status to ask it; leave it out",
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
