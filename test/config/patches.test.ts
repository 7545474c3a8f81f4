import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("patches and fields of the kubelet and of kube-proxy", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "a field of the kubelet is a key of its own",
            given: { kubelet: { clusterDomain: "x", maxPods: 50 } },
            expected: ["kubelet: clusterDomain is the key dnsDomain; set that"],
        },
        {
            title: "a field of kube-proxy is a key of its own",
            given: { kubeProxy: { mode: "iptables", clusterCIDR: "10.0.0.0/16", metricsBindAddress: "0.0.0.0:10249" } },
            expected: [
                "kubeProxy: clusterCIDR is the key podSubnet; set that",
                "kubeProxy: mode is the key kubeProxyMode; set that",
            ],
        },
        {
            title: "a field of a field of kube-proxy is kubeadm's",
            given: { kubeProxy: { clientConnection: { kubeconfig: "/root/config", qps: 50 } } },
            expected: ["kubeProxy: clientConnection.kubeconfig is where kubeadm puts it; leave it out"],
        },
        {
            title: "a field of kube-proxy cannot be the same on all nodes",
            given: { kubeProxy: { bindAddress: "10.0.0.11", hostnameOverride: "worker-1" } },
            expected: [
                "kubeProxy: bindAddress would be one address for all nodes; leave it out",
                "kubeProxy: hostnameOverride is each node's own name; leave it out",
            ],
        },
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
                "patches: etcd0.yaml has no fields to patch; give a map of fields, or a list of JSON patch operations",
            ],
        },
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

    it("are accepted when the fields of kube-proxy are the user's", () => {
        const kubeProxy = { conntrack: { min: 0 }, clientConnection: { qps: 50 }, nodePortAddresses: ["10.0.0.0/8"] };

        assert.deepEqual(problemsOf({ kubeProxy }), []);
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
