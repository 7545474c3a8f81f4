import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("the Kubernetes version", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "the version is two numbers",
            given: { kubernetesVersion: "1.37" },
            expected: ['kubernetesVersion: "1.37" is not three numbers; for example 1.37.1'],
        },
        {
            title: "the version has a v",
            given: { kubernetesVersion: "v1.37.1" },
            expected: ['kubernetesVersion: "v1.37.1" is not three numbers; for example 1.37.1'],
        },
        {
            title: "the version is too old",
            given: { kubernetesVersion: "1.34.9" },
            expected: ["kubernetesVersion: 1.34.9 is not supported; use 1.35 to 1.37, for example 1.37.1"],
        },
        {
            title: "the version is too new",
            given: { kubernetesVersion: "1.38.0" },
            expected: ["kubernetesVersion: 1.38.0 is not supported; use 1.35 to 1.37, for example 1.37.1"],
        },
        {
            title: "init of that version may hang behind a load balancer",
            given: { kubernetesVersion: "1.35.4" },
            expected: [
                "kubernetesVersion: 1.35.4 may not finish kubeadm init behind a load balancer " +
                    "(kubernetes/kubernetes#138449); use 1.35.5 or newer",
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`is refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    const accepted: { title: string; given: Record<string, unknown> }[] = [
        { title: "it is the oldest good patch of 1.35", given: { kubernetesVersion: "1.35.5" } },
        { title: "it is the oldest good patch of 1.36", given: { kubernetesVersion: "1.36.1" } },
    ];

    for (const { title, given } of accepted) {
        it(`is accepted when ${title}`, () => {
            assert.deepEqual(problemsOf(given), []);
        });
    }
});
