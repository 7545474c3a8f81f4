import assert from "node:assert/strict";
import { changeEffects } from "../../changes/changeEffects";
import { neverRestored, restoreAfter } from "../../changes/restores";
import { type ClusterFacts, facts, recorded } from "../../changes/clusterFacts";
import { bastionKeyOf } from "../support/awsOutputs";
import { configOf } from "../support/configOf";
import { hostsOf } from "../support/hosts";

const controlPlanes = "control-plane-1, control-plane-2, control-plane-3";
const workers = "worker-1, worker-2";
const members = "etcd-1, etcd-2, etcd-3";
const inTurn = "one node at a time";

const onAws = { platform: "aws", awsZones: ["eu-central-1a", "eu-central-1b"], awsAllowedCidrs: ["203.0.113.7/32"] };
const pool = { autoscaling: { min: 1, max: 9 } };
const ofInstances = { controlPlaneNodes: 1, workerNodes: 0, workerPools: { general: pool, batch: pool } };
const renewed = "instances of general, batch: AWS renews them, maxUnavailable at a time";

describe("what a change means is", () => {
    const cases: { title: string; from?: Record<string, unknown>; to: Record<string, unknown>; expected: string[] }[] =
        [
            { title: "nothing when nothing changes", to: {}, expected: [] },
            {
                title: "nothing that is told when labels and taints change",
                to: { workerLabels: { disk: "ssd" }, workerTaints: ["a:NoExecute"] },
                expected: [],
            },
            {
                title: "nothing for nodes that come or go",
                to: { controlPlaneNodes: 5, workerNodes: 1 },
                expected: [],
            },
            {
                title: "a restart of static pods and the kubelet for a patch of Kubernetes",
                from: { kubernetesVersion: "1.37.0" },
                to: { kubernetesVersion: "1.37.1" },
                expected: [
                    `${controlPlanes}: its static pods and its kubelet restart, ${inTurn} (kubernetesVersion 1.37.0 to 1.37.1)`,
                    `${workers}: its kubelet restarts (kubernetesVersion 1.37.0 to 1.37.1)`,
                ],
            },
            {
                title: "a drain too for another minor",
                from: { kubernetesVersion: "1.36.4" },
                to: { kubernetesVersion: "1.37.1" },
                expected: [
                    `${controlPlanes}: it is drained, then its static pods and its kubelet restart, ${inTurn} (kubernetesVersion 1.36.4 to 1.37.1)`,
                    `${workers}: it is drained, then its kubelet restarts (kubernetesVersion 1.36.4 to 1.37.1)`,
                ],
            },
            {
                title: "a restart of the members of external etcd for its flags",
                from: { etcd: "external" },
                to: { etcd: "external", etcdExtraArgs: { "heartbeat-interval": "200" } },
                expected: [`${members}: etcd restarts, one member at a time (etcdExtraArgs)`],
            },
            {
                title: "another release of external etcd, before all else, for a minor that brings one",
                from: { etcd: "external", kubernetesVersion: "1.36.4" },
                to: { etcd: "external", kubernetesVersion: "1.37.1" },
                expected: [
                    `${members}: etcd 3.6.14 becomes 3.7.3, one member at a time (kubernetesVersion 1.36.4 to 1.37.1)`,
                    `${controlPlanes}: it is drained, then its static pods and its kubelet restart, ${inTurn} (kubernetesVersion 1.36.4 to 1.37.1)`,
                    `${workers}: it is drained, then its kubelet restarts (kubernetesVersion 1.36.4 to 1.37.1)`,
                ],
            },
            {
                title: "a restart of API servers for another number of members of external etcd",
                from: { etcd: "external" },
                to: { etcd: "external", etcdNodes: 5 },
                expected: [`${controlPlanes}: kube-apiserver restarts, ${inTurn} (etcdNodes 3 to 5)`],
            },
            {
                title: "a restart of API servers for another name",
                to: { certSANs: ["api.example.com"] },
                expected: [`${controlPlanes}: kube-apiserver restarts, ${inTurn} (certSANs)`],
            },
            {
                title: "another load balancer for another port of the operator's",
                to: { localApiPort: 16444 },
                expected: [
                    "load-balancer: another one comes in its place, and the API gives no answer until then (localApiPort)",
                ],
            },
            {
                title: "a restart of API servers for a public endpoint",
                from: onAws,
                to: { ...onAws, awsPublicEndpoint: true },
                expected: [`${controlPlanes}: kube-apiserver restarts, ${inTurn} (awsPublicEndpoint)`],
            },
            {
                title: "a restart of each component whose flags change",
                to: {
                    apiServerExtraArgs: { profiling: "false" },
                    controllerManagerExtraArgs: { profiling: "false" },
                    schedulerExtraArgs: { profiling: "false" },
                    etcdExtraArgs: { "heartbeat-interval": "200" },
                },
                expected: [
                    `${controlPlanes}: kube-apiserver restarts, ${inTurn} (apiServerExtraArgs)`,
                    `${controlPlanes}: kube-controller-manager restarts, ${inTurn} (controllerManagerExtraArgs)`,
                    `${controlPlanes}: kube-scheduler restarts, ${inTurn} (schedulerExtraArgs)`,
                    `${controlPlanes}: etcd and kube-apiserver restart, ${inTurn} (etcdExtraArgs)`,
                ],
            },
            {
                title: "a restart of the kubelets of a pool for a field of theirs",
                from: { workerPools: { gpu: { count: 1 }, "gpu-big": { count: 1, kubelet: { maxPods: 20 } } } },
                to: { workerPools: { gpu: { count: 2, kubelet: { maxPods: 30 } }, "gpu-big": { count: 1 } } },
                expected: [
                    "gpu-big-1: the kubelet restarts, pods go on (workerPools gpu-big)",
                    "gpu-1: the kubelet restarts, pods go on (workerPools gpu)",
                ],
            },
            {
                title: "a restart of all kubelets for a field of theirs",
                to: { kubelet: { maxPods: 50 } },
                expected: [
                    `${controlPlanes}: the kubelet restarts, pods go on, ${inTurn} (kubelet)`,
                    `${workers}: the kubelet restarts, pods go on (kubelet)`,
                ],
            },
            {
                title: "a restart of each component that gets volumes or variables",
                to: {
                    extraVolumes: { apiServer: [{ name: "a", hostPath: "/a", mountPath: "/a" }] },
                    extraEnvs: { controllerManager: { A: "1" }, scheduler: { A: "1" } },
                },
                expected: [
                    `${controlPlanes}: kube-apiserver restarts, ${inTurn} (extraVolumes apiServer)`,
                    `${controlPlanes}: kube-controller-manager restarts, ${inTurn} (extraEnvs controllerManager)`,
                    `${controlPlanes}: kube-scheduler restarts, ${inTurn} (extraEnvs scheduler)`,
                ],
            },
            {
                title: "a restart of containerd for a setting of it, of all nodes or of a pool",
                from: { workerPools: { gpu: { count: 1 } } },
                to: { containerd: "oom_score = -500", workerPools: { gpu: { count: 1, containerd: "temp = '/mnt'" } } },
                expected: [
                    `${controlPlanes}: containerd restarts, pods go on, ${inTurn} (containerd)`,
                    `${workers}, gpu-1: containerd restarts, pods go on (containerd)`,
                    "gpu-1: containerd restarts, pods go on (workerPools gpu)",
                ],
            },
            {
                title: "another configuration for HAProxy",
                to: { haproxy: { defaults: "timeout client 1h" } },
                expected: ["load-balancer: HAProxy reloads, connections go on (haproxy)"],
            },
            {
                title: "a restart of kube-proxy for a field of its configuration",
                to: { kubeProxy: { metricsBindAddress: "0.0.0.0:10249" } },
                expected: [
                    `${controlPlanes}: kube-proxy restarts, ${inTurn} (kubeProxy)`,
                    `${workers}: kube-proxy restarts (kubeProxy)`,
                ],
            },
            {
                title: "a restart of kube-proxy for another mode",
                to: { kubeProxyMode: "iptables" },
                expected: [
                    `${controlPlanes}: kube-proxy restarts, ${inTurn} (kubeProxyMode)`,
                    `${workers}: kube-proxy restarts (kubeProxyMode)`,
                ],
            },
            {
                title: "what the component does that a patch is for, whether it is new, changed or gone",
                from: { patches: { "etcd0+merge.yaml": "spec: {a: 1}", "kube-scheduler+merge.yaml": "spec: {a: 1}" } },
                to: {
                    patches: {
                        "etcd0+merge.yaml": "spec: {a: 2}",
                        "corednsdeployment+merge.yaml": "spec: {a: 1}",
                        "kubeletconfiguration+merge.yaml": "maxPods: 50",
                    },
                },
                expected: [
                    `${controlPlanes}: CoreDNS rolls over, ${inTurn} (patches corednsdeployment+merge.yaml)`,
                    `${controlPlanes}: etcd and kube-apiserver restart, ${inTurn} (patches etcd0+merge.yaml)`,
                    `${controlPlanes}: kube-scheduler restarts, ${inTurn} (patches kube-scheduler+merge.yaml)`,
                    `${controlPlanes}: the kubelet restarts, pods go on, ${inTurn} (patches kubeletconfiguration+merge.yaml)`,
                    `${workers}: the kubelet restarts, pods go on (patches kubeletconfiguration+merge.yaml)`,
                ],
            },
            {
                title: "other instances of pools that join by themselves, for what these run",
                from: { ...onAws, ...ofInstances, kubernetesVersion: "1.37.0" },
                to: {
                    ...onAws,
                    ...ofInstances,
                    kubernetesVersion: "1.37.1",
                    kubelet: { maxPods: 50 },
                    kubeProxyMode: "iptables",
                    containerd: "oom_score = -500",
                    patches: { "kubeletconfiguration+merge.yaml": "maxPods: 50" },
                },
                expected: [
                    "control-plane-1: its static pods and its kubelet restart, one node at a time (kubernetesVersion 1.37.0 to 1.37.1)",
                    `${renewed} (kubernetesVersion 1.37.0 to 1.37.1)`,
                    "control-plane-1: the kubelet restarts, pods go on, one node at a time (kubelet)",
                    `${renewed} (kubelet)`,
                    "control-plane-1: kube-proxy restarts, one node at a time (kubeProxyMode)",
                    `${renewed} (kubeProxyMode)`,
                    "control-plane-1: containerd restarts, pods go on, one node at a time (containerd)",
                    `${renewed} (containerd)`,
                    "control-plane-1: the kubelet restarts, pods go on, one node at a time (patches kubeletconfiguration+merge.yaml)",
                    `${renewed} (patches kubeletconfiguration+merge.yaml)`,
                ],
            },
            {
                title: "nothing for such instances for what they do not run",
                from: { ...onAws, ...ofInstances },
                to: {
                    ...onAws,
                    ...ofInstances,
                    apiServerExtraArgs: { profiling: "false" },
                    kubeProxy: { metricsBindAddress: "0.0.0.0:10249" },
                    patches: { "kubeproxydaemonset+merge.yaml": "spec: {minReadySeconds: 1}" },
                },
                expected: [
                    "control-plane-1: kube-apiserver restarts, one node at a time (apiServerExtraArgs)",
                    "control-plane-1: kube-proxy restarts, one node at a time (kubeProxy)",
                    "control-plane-1: kube-proxy restarts, one node at a time (patches kubeproxydaemonset+merge.yaml)",
                ],
            },
            {
                title: "other instances of the pool alone whose kubelet or containerd it is, and none of a pool that is new",
                from: { ...onAws, ...ofInstances, workerPools: { general: pool } },
                to: {
                    ...onAws,
                    ...ofInstances,
                    workerPools: {
                        general: { ...pool, kubelet: { maxPods: 30 }, containerd: "oom_score = 0" },
                        batch: { ...pool, kubelet: { maxPods: 30 } },
                    },
                },
                expected: ["instances of general: AWS renews them, maxUnavailable at a time (workerPools general)"],
            },
            {
                title: "told of nodes that stay alone",
                from: { controlPlaneNodes: 1, workerNodes: 2 },
                to: { controlPlaneNodes: 3, workerNodes: 1, kubelet: { maxPods: 50 } },
                expected: [
                    `control-plane-1: the kubelet restarts, pods go on, ${inTurn} (kubelet)`,
                    "worker-1: the kubelet restarts, pods go on (kubelet)",
                ],
            },
        ];

    for (const { title, from, to, expected } of cases) {
        it(title, () => {
            assert.deepEqual(changeEffects(clusterOf(from ?? {}), clusterOf(to)), expected);
        });
    }

    it("nothing for a key that a cluster is older than", () => {
        const { kubeProxy, ...settings } = clusterOf({}).settings;

        const before = recorded({ ...clusterOf({}), settings });

        assert.deepEqual(kubeProxy, {});
        assert.deepEqual(before === undefined ? ["not read"] : changeEffects(before, clusterOf({})), []);
    });

    it("the renewal of certificates where they were found to be due", () => {
        const before = clusterOf({}, { "control-plane-1": "2025-12-01", "control-plane-2": "2025-12-01" });
        const after = clusterOf({}, { "control-plane-1": "2025-12-01", "control-plane-2": "2026-11-21" });

        assert.deepEqual(changeEffects(before, after), [
            `control-plane-2: its certificates are renewed and its static pods restart, ${inTurn} (they end soon)`,
        ]);
    });

    it("another machine for nodes of which it was asked", () => {
        const before = { ...clusterOf({}), generations: { "worker-1": 1 } };
        const after = { ...before, generations: { "control-plane-1": 1, "worker-1": 1, "worker-2": 1 } };

        assert.deepEqual(changeEffects(before, after), [
            `control-plane-1: it leaves, and joins again with another machine, ${inTurn} (replace)`,
            "worker-2: it is drained, and joins again with another machine (replace)",
        ]);
    });

    it("another machine that joins first, where machines are made so", () => {
        const before = { ...clusterOf({}), platform: "aws" };
        const after = { ...before, generations: { "control-plane-1": 1, "worker-2": 1 } };

        assert.deepEqual(changeEffects(before, after), [
            `control-plane-1: another machine joins in its place, then it leaves, ${inTurn} (replace)`,
            "worker-2: another machine joins in its place, then it is drained and leaves (replace)",
        ]);
    });

    it("another machine for nodes whose machines are to have another size", () => {
        const before = clusterOf({ workerPools: '{"gpu":{"count":2,"memory":"2Gi"}}' });
        const after = clusterOf({ workerPools: '{"gpu":{"count":3,"memory":"4Gi"}}' });

        assert.deepEqual(changeEffects(before, after), [
            "gpu-1, gpu-2: it is drained, and joins again with another machine (workerPools)",
        ]);
    });

    it("the same machine again for nodes of machines that are there, and another one where that is named", () => {
        const machines = {
            "control-plane-1": "10.0.0.11 key",
            "worker-1": "10.0.0.21 key",
            "worker-2": "10.0.0.22 key",
            "etcd-1": "10.0.0.31 key",
            "etcd-2": "10.0.0.32 key",
        };
        const before = { ...clusterOf({ etcd: "external" }), platform: "hosts", machines };
        const after = {
            ...before,
            generations: { "control-plane-1": 1, "worker-1": 1 },
            machines: {
                ...machines,
                "worker-2": "10.0.0.23 key",
                "worker-3": "10.0.0.22 key",
                "etcd-1": "10.0.0.33 key",
                "etcd-2": "10.0.0.32 another-key",
            },
        };

        assert.deepEqual(changeEffects(before, after), [
            `${controlPlanes}: kube-apiserver restarts, ${inTurn} (hosts etcd-1)`,
            `control-plane-1: it leaves, its machine is cleared, and it joins again, ${inTurn} (replace)`,
            "worker-1: it is drained, its machine is cleared, and it joins again (replace)",
            "etcd-1, etcd-2: it leaves, and joins again with another machine, one member at a time (hosts)",
            "worker-2: it is drained, and joins again with another machine (hosts)",
        ]);
    });

    it("another load balancer, and a restart of API servers, where another machine is named for it", () => {
        const onHosts = (host: string, hostKey: string): ClusterFacts => ({
            ...clusterOf({}),
            platform: "hosts",
            loadBalancerHost: host,
            machines: { "load-balancer": `10.0.0.5 ${hostKey}` },
        });

        assert.deepEqual(changeEffects(onHosts("a.example", "key"), onHosts("b.example", "another-key")), [
            "load-balancer: another one comes in its place, and the API gives no answer until then (hosts)",
            `${controlPlanes}: kube-apiserver restarts, ${inTurn} (hosts load-balancer)`,
        ]);
    });

    it("nothing for an endpoint that is written out, unless the operator reaches it by another name then", () => {
        const machines = hostsOf(["load-balancer", "control-plane-1", "worker-1"]);
        const onHosts = (balancer: Record<string, string>, given: Record<string, unknown> = {}): ClusterFacts =>
            clusterOf({
                platform: "hosts",
                controlPlaneNodes: 1,
                workerNodes: 1,
                hosts: { ...machines, "load-balancer": { ...machines["load-balancer"], ...balancer } },
                hostsKey: bastionKeyOf("none"),
                ...given,
            });
        const written = { controlPlaneEndpoint: "10.0.0.1:6443" };
        const named = { host: "balancer.example.com" };

        assert.deepEqual(changeEffects(onHosts({}), onHosts({}, written)), []);
        assert.deepEqual(changeEffects(onHosts(named), onHosts(named, written)), [
            `control-plane-1: kube-apiserver restarts, ${inTurn} (hosts load-balancer)`,
        ]);
    });

    it("another load balancer where its name is put into replace, or the same one set up again", () => {
        const before = clusterOf({});
        const after = { ...before, generations: { "load-balancer": 1 } };
        const onHosts = { platform: "hosts" };

        assert.deepEqual(changeEffects(before, after), [
            "load-balancer: another one comes in its place, and the API gives no answer until then (replace)",
        ]);
        assert.deepEqual(changeEffects({ ...before, ...onHosts }, { ...after, ...onHosts }), [
            "load-balancer: it is cleared and set up again, and the API gives no answer until then (replace)",
        ]);
    });

    it("another bastion where its name is put into replace", () => {
        const before = clusterOf(onAws);

        assert.deepEqual(changeEffects(before, { ...before, generations: { bastion: 1 } }), [
            "bastion: another one comes in its place (replace)",
        ]);
    });

    it("another admin machine of hosts, or the same one set up again", () => {
        const before = { ...clusterOf({}), platform: "hosts", machines: { admin: "10.0.0.5 key" } };

        assert.deepEqual(changeEffects(before, { ...before, machines: { admin: "10.0.0.6 key" } }), [
            "admin: another one comes in its place (hosts)",
        ]);
        assert.deepEqual(changeEffects(before, { ...before, generations: { admin: 1 } }), [
            "admin: it is cleared and set up again (replace)",
        ]);
    });

    it("nothing for what facts of an earlier version of the program do not have", () => {
        const { localApiPort, ...before } = clusterOf({});

        assert.equal(localApiPort, 16443);
        assert.deepEqual(changeEffects(before, clusterOf({ localApiPort: 16444 })), []);
    });

    it("other machines and the data of a snapshot for a restore, whatever else changes", () => {
        const before = clusterOf({});
        const after = {
            ...clusterOf({ kubelet: { maxPods: 50 } }),
            restore: restoreAfter(neverRestored, "a.db", "abc"),
        };

        assert.deepEqual(changeEffects(before, after), [
            "all machines are made anew, the load balancer's and those of etcd too; the cluster's data become those of the snapshot, " +
                "and what was written after it is lost (restoreFrom)",
        ]);
        const [onHosts = ""] = changeEffects({ ...before, platform: "hosts" }, { ...after, platform: "hosts" });
        assert.match(onHosts, /^all machines are cleared and set up anew, /);
    });
});

function clusterOf(given: Record<string, unknown>, renewals: Record<string, string> = {}): ClusterFacts {
    return facts(configOf(given), "172.30.0.5:6443", {
        renewals,
        generations: {},
        restore: neverRestored,
        hosts: {},
    });
}
