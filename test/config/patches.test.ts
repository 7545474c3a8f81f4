import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("patches", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "kubeadm would not see a patch",
            given: { patches: { "apiserver.yaml": "spec: {}" } },
            expected: [
                'patches: "apiserver.yaml" is not target[suffix][+strategic|+merge|+json].yaml or .json, for example ' +
                    "kube-apiserver0+strategic.yaml; targets are kube-apiserver, kube-controller-manager, " +
                    "kube-scheduler, etcd, kubeletconfiguration, corednsdeployment, kubeproxydaemonset",
            ],
        },
        {
            title: "a patch does nothing",
            given: { patches: { "etcd0.yaml": "# later" } },
            expected: [
                "patches: etcd0.yaml has no fields to patch; give a map of them, " +
                    "or end its name in +json for a list of JSON patch operations",
            ],
        },
        {
            title: "a list of operations is named as a map of fields",
            given: { patches: { "etcd0+merge.yaml": "[{op: remove, path: /spec/priority}]" } },
            expected: [
                "patches: etcd0+merge.yaml has no fields to patch; give a map of them, " +
                    "or end its name in +json for a list of JSON patch operations",
            ],
        },
        ...["{}", "[]", "[{op: ad, path: /spec}]", "[{op: add}]", "[a]"].map((patch) => ({
            title: `a JSON patch is ${patch}`,
            given: { patches: { "etcd+json.json": patch } },
            expected: [
                "patches: etcd+json.json is no list of JSON patch operations; " +
                    "for example [{op: remove, path: /spec/priority}]",
            ],
        })),
        {
            title: "kubeadm is too old for a patch",
            given: { kubernetesVersion: "1.36.4", patches: { "kubeproxydaemonset.yaml": "spec: {}" } },
            expected: [
                "patches: kubeproxydaemonset.yaml needs Kubernetes 1.37; kubeadm 1.36 does not patch kube-proxy",
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    it("are refused when a patch does not parse", () => {
        const [problem = ""] = problemsOf({ patches: { "etcd0.yaml": "spec: [" } });

        assert.match(problem, /^patches: etcd0\.yaml does not parse: /);
    });

    it("are accepted when patches are of each type", () => {
        const problems = problemsOf({
            patches: {
                "kube-apiserver0+merge.yaml": "spec: {priority: 1}",
                "etcd+json.json": '[{"op": "remove", "path": "/spec/priority"}]',
                "kubeletconfiguration.yaml": "maxPods: 50",
            },
        });

        assert.deepEqual(problems, []);
    });
});
