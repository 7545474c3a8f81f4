import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("extra flags", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "a flag has dashes",
            given: { schedulerExtraArgs: { "--v": "4" } },
            expected: ["schedulerExtraArgs: --v starts with a dash; write v"],
        },
        {
            title: "a flag holds the cluster together",
            given: {
                apiServerExtraArgs: { "etcd-servers": "https://x" },
                schedulerExtraArgs: { "leader-elect": false },
            },
            expected: [
                "apiServerExtraArgs: etcd-servers is set by kubeadm for each node; leave it out",
                "schedulerExtraArgs: leader-elect must stay true, else several would act at once; leave it out",
            ],
        },
        {
            title: "a flag would lose the cluster",
            given: {
                apiServerExtraArgs: { "etcd-prefix": "/other", "bind-address": "10.0.0.11" },
                etcdExtraArgs: {
                    "force-new-cluster": true,
                    "wal-dir": "/var/lib/wal",
                    "strict-reconfig-check": false,
                    "unsafe-no-fsync": true,
                    "discovery-srv": "example.com",
                    "auto-tls": true,
                    "peer-auto-tls": true,
                },
            },
            expected: [
                "apiServerExtraArgs: etcd-prefix is where the cluster's data are in etcd, and another one has none of them; " +
                    "leave it out",
                "apiServerExtraArgs: bind-address must stay 0.0.0.0 for the load balancer and the health checks; " +
                    "leave it out",
                "etcdExtraArgs: force-new-cluster would make each member a cluster of its own whenever it starts; " +
                    "leave it out, and use restoreFrom after a loss",
                "etcdExtraArgs: wal-dir would put data where neither a restart nor a restore looks for them; leave it out",
                "etcdExtraArgs: strict-reconfig-check must stay true, else a change of members could take the quorum; " +
                    "leave it out",
                "etcdExtraArgs: unsafe-no-fsync loses data when a machine ends; leave it out",
                "etcdExtraArgs: discovery-srv is part of how etcd's members find each other, set for each of them; " +
                    "leave it out",
                "etcdExtraArgs: auto-tls would stand for the certificates that kubeadm manages; leave it out",
                "etcdExtraArgs: peer-auto-tls would stand for the certificates that kubeadm manages; leave it out",
            ],
        },
        {
            title: "a static pod would not see a file",
            given: {
                apiServerExtraArgs: { "audit-policy-file": "/etc/kubernetes/audit.yaml" },
                schedulerExtraArgs: { config: "/etc/kubernetes/pki/scheduler.yaml" },
                patches: { "kube-controller-manager0.yaml": "spec: {priority: 1}" },
            },
            expected: [
                "apiServerExtraArgs: audit-policy-file: kube-apiserver does not see /etc/kubernetes/audit.yaml " +
                    "of its machine; put it on each control plane, and give extraVolumes: apiServer its folder",
                "schedulerExtraArgs: config: kube-scheduler does not see /etc/kubernetes/pki/scheduler.yaml " +
                    "of its machine; put it on each control plane, and give extraVolumes: scheduler its folder",
            ],
        },
        {
            title: "one of several files is not seen",
            given: {
                apiServerExtraArgs: {
                    "tls-sni-cert-key": [
                        "/etc/kubernetes/pki/a.crt,/etc/kubernetes/pki/a.key:a.example.com,*.a.example.com",
                        "/etc/kubernetes/pki/b.crt,/srv/b.key",
                    ],
                    "token-auth-file": "/etc/kubernetes/tokens.csv",
                },
                controllerManagerExtraArgs: {
                    "tls-cert-file": "/etc/kubernetes/pki/manager.crt",
                    "tls-private-key-file": "/srv/manager.key",
                },
                schedulerExtraArgs: { "client-ca-file": "/etc/kubernetes/pki/ca.crt" },
                etcdExtraArgs: {
                    "auth-token": "jwt,pub-key=/etc/kubernetes/pki/etcd/a.pub,priv-key=/srv/a.key",
                    "client-crl-file": "/etc/kubernetes/pki/etcd/crl.pem",
                },
            },
            expected: [
                "apiServerExtraArgs: tls-sni-cert-key: kube-apiserver does not see /srv/b.key of its machine; " +
                    "put it on each control plane, and give extraVolumes: apiServer its folder",
                "apiServerExtraArgs: token-auth-file: kube-apiserver does not see /etc/kubernetes/tokens.csv of its machine; " +
                    "put it on each control plane, and give extraVolumes: apiServer its folder",
                "controllerManagerExtraArgs: tls-private-key-file: kube-controller-manager does not see /srv/manager.key " +
                    "of its machine; put it on each control plane, and give extraVolumes: controllerManager its folder",
                "schedulerExtraArgs: client-ca-file: kube-scheduler does not see /etc/kubernetes/pki/ca.crt of its machine; " +
                    "put it on each control plane, and give extraVolumes: scheduler its folder",
                "etcdExtraArgs: auth-token: etcd does not see /srv/a.key of its machine; " +
                    "put it on each control plane, below /etc/kubernetes/pki/etcd",
            ],
        },
        {
            title: "a flag excludes files that kubeadm gives",
            given: {
                apiServerExtraArgs: { "service-account-signing-endpoint": "/run/signer.sock" },
                controllerManagerExtraArgs: {
                    "cluster-signing-kubelet-client-cert-file": "/etc/kubernetes/pki/ca.crt",
                    "cluster-signing-legacy-unknown-key-file": "/etc/kubernetes/pki/ca.key",
                },
            },
            expected: [
                "apiServerExtraArgs: service-account-signing-endpoint is not taken beside the keys that kubeadm gives; " +
                    "leave it out",
                "controllerManagerExtraArgs: cluster-signing-kubelet-client-cert-file is not taken beside " +
                    "cluster-signing-cert-file, which kubeadm gives; leave it out",
                "controllerManagerExtraArgs: cluster-signing-legacy-unknown-key-file is not taken beside " +
                    "cluster-signing-cert-file, which kubeadm gives; leave it out",
            ],
        },
        {
            title: "a file is beside what a static pod sees",
            given: { apiServerExtraArgs: { "encryption-provider-config": "/etc/kubernetes/pki/../encryption.yaml" } },
            expected: [
                "apiServerExtraArgs: encryption-provider-config: kube-apiserver does not see /etc/kubernetes/encryption.yaml " +
                    "of its machine; put it on each control plane, and give extraVolumes: apiServer its folder",
            ],
        },
        {
            title: "everyone may do everything",
            given: { apiServerExtraArgs: { "authorization-mode": ["Node,RBAC", "AlwaysAllow"] } },
            expected: [
                'apiServerExtraArgs: authorization-mode: "Node,RBAC,AlwaysAllow" lets everyone do everything; ' +
                    "write Node,RBAC",
            ],
        },
        {
            title: "nodes may do nothing",
            given: { apiServerExtraArgs: { "authorization-mode": "RBAC,Webhook" } },
            expected: [
                'apiServerExtraArgs: authorization-mode: "RBAC,Webhook" lacks Node or RBAC, ' +
                    "which nodes and the cluster's own components need; write Node,RBAC,Webhook",
            ],
        },
        {
            title: "a flag is a key of its own",
            given: { controllerManagerExtraArgs: { "cluster-cidr": "10.0.0.0/16" } },
            expected: ["controllerManagerExtraArgs: cluster-cidr is the key podSubnet; set that"],
        },
        {
            title: "a flag is gone",
            given: {
                apiServerExtraArgs: { "cloud-provider": "external" },
                etcdExtraArgs: { "experimental-compaction-batch-limit": 100 },
            },
            expected: [
                "apiServerExtraArgs: cloud-provider is gone since Kubernetes 1.33; run the cloud's controller manager",
                "etcdExtraArgs: experimental-compaction-batch-limit is gone since Kubernetes 1.37; " +
                    "use the flag without experimental-, or feature-gates",
            ],
        },
        {
            title: "a repeated flag has no value",
            given: { apiServerExtraArgs: { "service-account-issuer": [] } },
            expected: ["apiServerExtraArgs: service-account-issuer has an empty list; give a value, or leave it out"],
        },
        {
            title: "a lease is shorter than the renewal",
            given: { schedulerExtraArgs: { "leader-elect-lease-duration": "10s" } },
            expected: [
                "schedulerExtraArgs: leader-elect-lease-duration 10s must be longer than leader-elect-renew-deadline 10s",
            ],
        },
        {
            title: "a renewal has no time for a second attempt",
            given: { schedulerExtraArgs: { "leader-elect-retry-period": "8500ms" } },
            expected: [
                "schedulerExtraArgs: leader-elect-renew-deadline 10s must be longer than 1.2 times leader-elect-retry-period 8500ms",
            ],
        },
        {
            title: "a lease is far too short for a renewal",
            given: { controllerManagerExtraArgs: { "leader-elect-lease-duration": "5000000us" } },
            expected: [
                "controllerManagerExtraArgs: leader-elect-lease-duration 5000000us must be longer than leader-elect-renew-deadline 10s",
            ],
        },
        {
            title: "a time of leader election has no unit",
            given: { schedulerExtraArgs: { "leader-elect-retry-period": 2 } },
            expected: [
                'schedulerExtraArgs: leader-elect-retry-period: "2" is not a duration; for example 30s or 1h30m',
            ],
        },
        {
            title: "a component has no such flag",
            given: {
                apiServerExtraArgs: { "audit-log-max-age": "7", "Max-Requests-Inflight": "900" },
                etcdExtraArgs: { "leader-elect": "true" },
            },
            expected: [
                "apiServerExtraArgs: audit-log-max-age is not a flag of kube-apiserver; did you mean audit-log-maxage?",
                "apiServerExtraArgs: Max-Requests-Inflight is not a flag of kube-apiserver; did you mean max-requests-inflight?",
                "etcdExtraArgs: leader-elect is not a flag of etcd; its flags are in its reference",
            ],
        },
        {
            title: "a flag came later",
            given: { kubernetesVersion: "1.36.4", controllerManagerExtraArgs: { "concurrent-disruption-syncs": "5" } },
            expected: [
                "controllerManagerExtraArgs: concurrent-disruption-syncs needs Kubernetes 1.37, and this cluster has 1.36.4",
            ],
        },
        {
            title: "a flag is gone since the cluster's version",
            given: { controllerManagerExtraArgs: { "concurrent-service-syncs": "1" } },
            expected: [
                "controllerManagerExtraArgs: concurrent-service-syncs is gone since Kubernetes 1.37; " +
                    "services of type LoadBalancer are the cloud's controller manager's",
            ],
        },
        {
            title: "a value has more than one line",
            given: {
                apiServerExtraArgs: { "service-account-issuer": ["https://a", "https://b\r"], v: "4\n" },
                schedulerExtraArgs: { "tls-min-version": "VersionTLS13\u0000" },
                etcdExtraArgs: { cors: "a\nUser=root" },
            },
            expected: [
                'apiServerExtraArgs: service-account-issuer: "https://b\\r"',
                'apiServerExtraArgs: v: "4\\n"',
                'schedulerExtraArgs: tls-min-version: "VersionTLS13\\u0000"',
                'etcdExtraArgs: cors: "a\\nUser=root"',
            ].map((flag) => `${flag} has a line break or another control character; write it without`),
        },
        {
            title: "a plugin that the cluster's safety rests on is left out",
            given: {
                apiServerExtraArgs: {
                    "enable-admission-plugins": "AlwaysPullImages,EventRateLimit",
                    "disable-admission-plugins": ["ServiceAccount", "StorageObjectInUseProtection"],
                },
            },
            expected: [
                'apiServerExtraArgs: enable-admission-plugins: "AlwaysPullImages,EventRateLimit" lacks NodeRestriction, ' +
                    "which keeps a node from changing the others; write NodeRestriction,AlwaysPullImages,EventRateLimit",
                "apiServerExtraArgs: disable-admission-plugins: ServiceAccount must stay: nodes and pods would have no bounds, " +
                    "or no tokens; take it off the list",
            ],
        },
        {
            title: "the API server would not know its kubelets",
            given: { apiServerExtraArgs: { "kubelet-certificate-authority": "/etc/kubernetes/pki/ca.crt" } },
            expected: [
                "apiServerExtraArgs: kubelet-certificate-authority would refuse the certificates that kubelets sign for " +
                    "themselves, and logs and exec with them; leave it out",
            ],
        },
        ...(
            [
                ["*", "bootstrapsigner, tokencleaner"],
                ["*,bootstrapsigner, tokencleaner", "tokencleaner"],
                ["*,bootstrapsigner,token-cleaner-controller,-csrapproving", "csrapproving"],
                ["*,bootstrapsigner,tokencleaner,-node-ipam-controller", "nodeipam"],
                [
                    "bootstrapsigner,tokencleaner,deployment",
                    "csrapproving, csrsigning, nodeipam, nodelifecycle, root-ca-cert-publisher, serviceaccount, " +
                        "serviceaccount-token",
                ],
            ] as const
        ).map(([controllers, missing]) => ({
            title: `the controllers are ${controllers}`,
            given: { controllerManagerExtraArgs: { controllers } },
            expected: [
                `controllerManagerExtraArgs: controllers: "${controllers}" runs without ${missing}, and the cluster does not; ` +
                    "write *,bootstrapsigner,tokencleaner and the names of those to leave out, each with a dash",
            ],
        })),
        {
            title: "a component's health would be asked elsewhere",
            given: {
                controllerManagerExtraArgs: { "secure-port": "0", "bind-address": "10.0.0.5" },
                schedulerExtraArgs: { "secure-port": "10260", "bind-address": "localhost" },
                etcdExtraArgs: { "listen-metrics-urls": "http://10.0.0.5:2381", "enable-grpc-gateway": false },
            },
            expected: [
                "controllerManagerExtraArgs: secure-port must be where kubeadm's probes ask whether it works; leave it out",
                'controllerManagerExtraArgs: bind-address: "10.0.0.5" is not where its health is asked on every control plane; ' +
                    "use 127.0.0.1 or 0.0.0.0",
                "schedulerExtraArgs: secure-port must be where kubeadm's probes ask whether it works; leave it out",
                'schedulerExtraArgs: bind-address: "localhost" is not where its health is asked on every control plane; ' +
                    "use 127.0.0.1 or 0.0.0.0",
                'etcdExtraArgs: listen-metrics-urls: "http://10.0.0.5:2381" is not where etcd\'s health is asked; ' +
                    "begin with http://127.0.0.1:2381 or http://0.0.0.0:2381",
                "etcdExtraArgs: enable-grpc-gateway must stay true for npm run status to ask it; leave it out",
            ],
        },
        {
            title: "etcd would soon be full",
            given: { etcdExtraArgs: { "quota-backend-bytes": "8" } },
            expected: [
                "etcdExtraArgs: quota-backend-bytes: 8 bytes are soon full, and a full etcd takes no writes; " +
                    "use 134217728 or more: 8 GiB are 8589934592",
            ],
        },
        {
            title: "a value is of another kind",
            given: {
                apiServerExtraArgs: {
                    "max-requests-inflight": "many",
                    "min-request-timeout": "1800.0",
                    "audit-log-maxage": "08",
                    "goaway-chance": "often",
                    profiling: "no",
                    "event-ttl": "1d",
                },
                etcdExtraArgs: { "quota-backend-bytes": ["1.5"] },
            },
            expected: [
                'apiServerExtraArgs: max-requests-inflight: "many" is not a whole number of at most 15 digits',
                'apiServerExtraArgs: min-request-timeout: "1800.0" is not a whole number of at most 15 digits',
                'apiServerExtraArgs: audit-log-maxage: "08" is not a whole number of at most 15 digits',
                'apiServerExtraArgs: goaway-chance: "often" is not a number',
                'apiServerExtraArgs: profiling: "no" is neither true nor false',
                'apiServerExtraArgs: event-ttl: "1d" is not a duration; for example 30s or 1h30m',
                'etcdExtraArgs: quota-backend-bytes: "1.5" is not a whole number of at most 15 digits',
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    const accepted: { title: string; given: Record<string, unknown> }[] = [
        {
            title: "flags of etcd 3.6 are given to Kubernetes 1.36",
            given: { kubernetesVersion: "1.36.4", etcdExtraArgs: { "experimental-compaction-batch-limit": "100" } },
        },
        {
            title: "values are of the kinds that the flags take",
            given: {
                kubernetesVersion: "1.36.4",
                apiServerExtraArgs: {
                    "enable-admission-plugins": "NodeRestriction,AlwaysPullImages",
                    "authorization-mode": "Node,RBAC,Webhook",
                    "goaway-chance": 0.001,
                    "event-ttl": "2h",
                    "max-requests-inflight": 800,
                    "max-mutating-requests-inflight": "0x190",
                    "audit-log-maxage": "+7",
                    "service-account-issuer": ["https://a", "https://b"],
                    profiling: false,
                },
                controllerManagerExtraArgs: {
                    "concurrent-service-syncs": 2,
                    "node-eviction-rate": "1e-1",
                    "terminated-pod-gc-threshold": -1,
                    v: 4,
                },
            },
        },
        {
            title: "a static pod sees the files",
            given: {
                apiServerExtraArgs: {
                    "audit-log-path": "-",
                    "encryption-provider-config": "/etc/kubernetes/pki/encryption.yaml",
                    "oidc-ca-file": "/etc/ssl/certs/ca-certificates.crt",
                },
            },
        },
        {
            title: "etcd is no static pod",
            given: { etcd: "external", etcdExtraArgs: { "client-crl-file": "/etc/etcd/crl.pem" } },
        },
        {
            title: "a volume shows the files of the controller manager",
            given: {
                controllerManagerExtraArgs: { "tls-sni-cert-key": "/srv/a.crt,/srv/a.key" },
                extraVolumes: { controllerManager: [{ name: "srv", hostPath: "/srv", mountPath: "/srv" }] },
            },
        },
        {
            title: "a patch lets a static pod see the files",
            given: {
                apiServerExtraArgs: { "audit-policy-file": "/etc/kubernetes/audit/policy.yaml" },
                patches: { "kube-apiserver0.yaml": "spec: {priority: 1}" },
            },
        },
        {
            title: "all of leader election is slower",
            given: {
                controllerManagerExtraArgs: {
                    "leader-elect-lease-duration": "1m",
                    "leader-elect-renew-deadline": "40s",
                    "leader-elect-retry-period": "5s",
                },
            },
        },
    ];

    for (const { title, given } of accepted) {
        it(`are accepted when ${title}`, () => {
            assert.deepEqual(problemsOf(given), []);
        });
    }
});
