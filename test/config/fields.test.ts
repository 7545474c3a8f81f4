import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

describe("fields of the kubelet and of kube-proxy", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "one of the kubelet is a key of its own",
            given: { kubelet: { clusterDomain: "x", maxPods: 50 } },
            expected: ["kubelet: clusterDomain is the key dnsDomain; set that"],
        },
        {
            title: "one would keep nodes from the cluster, or the cluster from nodes",
            given: {
                kubelet: {
                    serverTLSBootstrap: true,
                    registerNode: false,
                    port: 10260,
                    healthzPort: 10249,
                    address: "10.0.0.11",
                },
                workerPools: {
                    gpu: { count: 1, kubelet: { registerWithTaints: [{ key: "a", effect: "NoSchedule" }] } },
                },
            },
            expected: [
                "kubelet: serverTLSBootstrap makes kubelets wait for certificates that nothing approves, " +
                    "so logs and exec fail on every node; leave it out",
                "kubelet: registerNode must stay true for nodes to join; leave it out",
                "kubelet: port must be the port that firewalls and checks know; leave it out",
                "kubelet: healthzPort is where kubeadm asks whether the kubelet works; leave it out",
                "kubelet: address would be one address for all nodes; leave it out",
                "workerPools: gpu: kubelet: registerWithTaints is the keys of taints; " +
                    "set controlPlaneTaints, workerTaints or the taints of a pool",
            ],
        },
        {
            title: "the kubelet does not know a word",
            given: {
                kubelet: {
                    cpuManagerPolicy: "Static",
                    memoryManagerPolicy: "static",
                    topologyManagerPolicy: "numa",
                    topologyManagerScope: "node",
                    hairpinMode: "veth",
                },
            },
            expected: [
                'kubelet: cpuManagerPolicy: "Static" is not known; use none or static',
                'kubelet: memoryManagerPolicy: "static" is not known; use None or Static',
                'kubelet: topologyManagerPolicy: "numa" is not known; ' +
                    "use none or best-effort or restricted or single-numa-node",
                'kubelet: topologyManagerScope: "node" is not known; use container or pod',
                'kubelet: hairpinMode: "veth" is not known; use promiscuous-bridge or hairpin-veth or none',
            ],
        },
        {
            title: "a field of a field has a word that the kubelet does not know",
            given: { kubelet: { memorySwap: { swapBehavior: "UnlimitedSwap" }, logging: { format: "xml" } } },
            expected: [
                'kubelet: memorySwap.swapBehavior: "UnlimitedSwap" is not known; use NoSwap or LimitedSwap',
                'kubelet: logging.format: "xml" is not known; use text or json',
            ],
        },
        {
            title: "nodes would not stay in the cluster, or stand open",
            given: {
                kubelet: { rotateCertificates: false, enableServer: true, authorization: { mode: "AlwaysAllow" } },
            },
            expected: [
                "kubelet: rotateCertificates: with false, nodes would leave the cluster after a year; leave it out, for true",
                'kubelet: authorization.mode: with "AlwaysAllow", everyone with a login could run commands in all pods; ' +
                    'leave it out, for "Webhook"',
            ],
        },
        {
            title: "images would be kept that are to be deleted",
            given: {
                kubelet: { imageGCHighThresholdPercent: 70 },
                workerPools: {
                    gpu: { count: 1, kubelet: { imageGCLowThresholdPercent: 75 } },
                    big: { count: 1, kubelet: { imageGCLowThresholdPercent: 60 } },
                },
            },
            expected: [
                "kubelet: imageGCLowThresholdPercent 80 must be below imageGCHighThresholdPercent 70",
                "workerPools: gpu: kubelet: imageGCLowThresholdPercent 75 must be below imageGCHighThresholdPercent 70",
            ],
        },
        {
            title: "one of kube-proxy is a key of its own",
            given: { kubeProxy: { mode: "iptables", clusterCIDR: "10.0.0.0/16", metricsBindAddress: "0.0.0.0:10249" } },
            expected: [
                "kubeProxy: mode is the key kubeProxyMode; set that",
                "kubeProxy: clusterCIDR is the key podSubnet; set that",
            ],
        },
        {
            title: "a field of a field of kube-proxy is kubeadm's",
            given: { kubeProxy: { clientConnection: { kubeconfig: "/root/config", qps: 50 } } },
            expected: ["kubeProxy: clientConnection.kubeconfig is where kubeadm puts it; leave it out"],
        },
        {
            title: "one of kube-proxy cannot be the same on all nodes",
            given: { kubeProxy: { bindAddress: "10.0.0.11", hostnameOverride: "worker-1" } },
            expected: [
                "kubeProxy: bindAddress would be one address for all nodes; leave it out",
                "kubeProxy: hostnameOverride is each node's own name; leave it out",
            ],
        },
        {
            title: "a name is misspelt",
            given: { kubelet: { maxPod: 50 }, kubeProxy: { conntrack: { maxPerCores: 1000 } } },
            expected: [
                "kubelet: maxPod is not a field of the KubeletConfiguration; did you mean maxPods?",
                "kubeProxy: conntrack.maxPerCores is not a field of the KubeProxyConfiguration; " +
                    "did you mean conntrack.maxPerCore?",
            ],
        },
        {
            title: "a name is unlike all others",
            given: { kubelet: { colour: "blue", memorySwap: { size: "1Gi" } } },
            expected: [
                "kubelet: colour is not a field of the KubeletConfiguration; its fields are in the reference of Kubernetes",
                "kubelet: memorySwap.size is not a field of the KubeletConfiguration; memorySwap has swapBehavior",
            ],
        },
        {
            title: "a value is of another kind",
            given: {
                kubelet: {
                    maxPods: "50",
                    podPidsLimit: 0.5,
                    volumePluginDir: 10,
                    failSwapOn: "false",
                    shutdownGracePeriod: 30,
                    syncFrequency: "1 minute",
                    clusterDNS: "10.96.0.10",
                    kubeReserved: { cpu: "100m", memory: 500 },
                    featureGates: { NodeSwap: "true" },
                    staticPodURLHeader: { Accept: "text/plain" },
                    memoryThrottlingFactor: "0.8",
                    logging: { flushFrequency: true },
                },
            },
            expected: [
                'kubelet: maxPods: "50" is not a whole number of at most 15 digits',
                "kubelet: podPidsLimit: 0.5 is not a whole number of at most 15 digits",
                "kubelet: volumePluginDir: 10 is not text",
                'kubelet: failSwapOn: "false" is neither true nor false',
                "kubelet: shutdownGracePeriod: 30 is not a duration; for example 30s or 1h30m",
                'kubelet: syncFrequency: "1 minute" is not a duration; for example 30s or 1h30m',
                'kubelet: clusterDNS: "10.96.0.10" is not a list',
                'kubelet: kubeReserved: {"cpu":"100m","memory":500} is not a map to texts; for example {memory: "500Mi"}',
                'kubelet: featureGates: {"NodeSwap":"true"} is not a map to true or false',
                'kubelet: staticPodURLHeader: {"Accept":"text/plain"} is not a map to lists',
                'kubelet: memoryThrottlingFactor: "0.8" is not a number',
                "kubelet: logging.flushFrequency: true is neither text nor a number",
            ],
        },
        {
            title: "a number is larger than any that the kubelet reads",
            given: { kubelet: { podPidsLimit: 1e20 } },
            expected: ["kubelet: podPidsLimit: 100000000000000000000 is not a whole number of at most 15 digits"],
        },
        {
            title: "a number is less than the kubelet takes",
            given: {
                kubelet: { maxPods: -5, nodeStatusMaxImages: -2 },
                workerPools: { gpu: { count: 1, kubelet: { containerLogMaxFiles: 1 } } },
            },
            expected: [
                "kubelet: maxPods: -5 is too little; use 0 or more",
                "kubelet: nodeStatusMaxImages: -2 is too little; use -1 or more",
                "workerPools: gpu: kubelet: containerLogMaxFiles: 1 is too little; use 2 or more",
            ],
        },
        {
            title: "a value stands where fields should be",
            given: { kubelet: { authentication: { x509: "/etc/ca.pem" } } },
            expected: ['kubelet: authentication.x509: "/etc/ca.pem" is not a map; its fields are clientCAFile'],
        },
        {
            title: "one of a pool is misspelt",
            given: { workerPools: { gpu: { count: 1, kubelet: { maxpods: 50 } } } },
            expected: [
                "workerPools: gpu: kubelet: maxpods is not a field of the KubeletConfiguration; did you mean maxPods?",
            ],
        },
        {
            title: "one is newer than the cluster",
            given: { kubernetesVersion: "1.36.4", kubelet: { defaultPodSysctls: {}, memoryReservationPolicy: "None" } },
            expected: ["kubelet: defaultPodSysctls needs Kubernetes 1.37, and this cluster has 1.36.4"],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    const accepted: { title: string; given: Record<string, unknown> }[] = [
        {
            title: "of the kubelet",
            given: {
                kubelet: {
                    maxPods: 50,
                    podPidsLimit: -1,
                    nodeStatusMaxImages: -1,
                    failSwapOn: false,
                    shutdownGracePeriod: "1h30m0.5s",
                    evictionHard: { "memory.available": "5%" },
                    featureGates: { NodeSwap: true },
                    nodeStatusReportFrequency: "5m",
                    imageGCHighThresholdPercent: 81,
                    cpuManagerPolicy: "static",
                    memoryManagerPolicy: "Static",
                    topologyManagerPolicy: "best-effort",
                    topologyManagerScope: "pod",
                    hairpinMode: "",
                    tracing: { samplingRatePerMillion: 10 },
                    logging: { flushFrequency: 0, vmodule: [] },
                    memoryThrottlingFactor: 0.8,
                },
            },
        },
        {
            title: "of kube-proxy",
            given: {
                kubeProxy: {
                    conntrack: { min: 0 },
                    clientConnection: { qps: 50 },
                    nodePortAddresses: ["10.0.0.0/8"],
                },
            },
        },
    ];

    for (const { title, given } of accepted) {
        it(`are accepted when they are ${title}`, () => {
            assert.deepEqual(problemsOf(given), []);
        });
    }
});
