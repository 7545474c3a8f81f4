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
            expected: ['schedulerExtraArgs: "2" is not a duration of leader election; for example 15s'],
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
