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
            title: "a value is of another kind",
            given: {
                apiServerExtraArgs: {
                    "max-requests-inflight": "many",
                    "goaway-chance": "often",
                    profiling: "no",
                    "event-ttl": "1d",
                },
                etcdExtraArgs: { "quota-backend-bytes": ["1.5"] },
            },
            expected: [
                'apiServerExtraArgs: max-requests-inflight: "many" is not a whole number',
                'apiServerExtraArgs: goaway-chance: "often" is not a number',
                'apiServerExtraArgs: profiling: "no" is neither true nor false',
                'apiServerExtraArgs: event-ttl: "1d" is not a duration; for example 30s or 1h30m',
                'etcdExtraArgs: quota-backend-bytes: "1.5" is not a whole number',
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
                    "goaway-chance": 0.001,
                    "event-ttl": "2h",
                    "max-requests-inflight": 800,
                    "service-account-issuer": ["https://a", "https://b"],
                    profiling: false,
                },
                controllerManagerExtraArgs: { "concurrent-service-syncs": 2, v: 4 },
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
