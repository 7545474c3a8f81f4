import assert from "node:assert/strict";
import { parseConfig } from "../../config";
import { neverRestored, restoreAfter } from "../../changes/restores";
import { bastionKeyOf } from "../support/awsOutputs";
import { hostKeys, hostsOf } from "../support/hosts";
import { type ClusterFacts, facts, knownNodes, recorded } from "../../changes/clusterFacts";
import { refusals } from "../../changes/updateRules";

const before = clusterOf({});
const aws = {
    platform: "aws",
    awsZones: '["eu-central-1a","eu-central-1b"]',
    awsAllowedCidrs: '["203.0.113.7/32"]',
};
const onAws = clusterOf(aws);

describe("facts", () => {
    it("name the nodes and what cannot change", () => {
        assert.deepEqual(clusterOf({ controlPlaneNodes: "1", workerNodes: "1" }), {
            schema: 1,
            platform: "local",
            clusterName: "dev",
            kubernetesVersion: "1.36.4",
            controlPlaneNodes: ["control-plane-1"],
            workerNodes: ["worker-1"],
            podSubnet: "10.244.0.0/16",
            serviceSubnet: "10.96.0.0/12",
            dnsDomain: "cluster.local",
            controlPlaneEndpoint: "172.30.0.5:6443",
            etcd: "stacked",
            etcdNodes: [],
            cni: "flannel",
            localSubnet: "172.30.0.0/24",
            localApiPort: 16443,
            sizes: { "control-plane-1": "any CPUs, any MiB", "worker-1": "any CPUs, any MiB" },
            settings: {
                certSANs: [],
                apiServerExtraArgs: {},
                controllerManagerExtraArgs: {},
                schedulerExtraArgs: {},
                etcdExtraArgs: {},
                extraVolumes: {},
                extraEnvs: {},
                kubelet: {},
                kubeProxy: {},
                kubeProxyMode: "auto",
                containerd: "",
                haproxy: {},
                patches: {},
            },
            renewals: {},
            poolKubelets: {},
            poolContainerds: {},
            autoscalingPools: [],
            replace: [],
            generations: {},
            restore: { from: "", count: 0, origin: "" },
            hosts: {},
        });
    });

    it("name the machines and the release of external etcd", () => {
        const { etcd, etcdNodes, etcdVersion } = clusterOf({ etcd: "external", etcdNodes: "1" });

        assert.deepEqual([etcd, etcdNodes, etcdVersion], ["external", ["etcd-1"], "3.6.14"]);
    });

    it("name the machines that are there, by what tells them apart", () => {
        const { machines, localSubnet } = clusterOf({
            platform: "hosts",
            controlPlaneNodes: "1",
            workerNodes: "0",
            hosts: JSON.stringify(hostsOf(["load-balancer", "control-plane-1"])),
            hostsKey: bastionKeyOf("none"),
        });

        assert.deepEqual(machines, {
            "load-balancer": `10.0.0.1 ${hostKeys[0]}`,
            "control-plane-1": `10.0.0.2 ${hostKeys[1]}`,
        });
        assert.equal(localSubnet, undefined);
    });

    it("name the size of each machine that the platform makes", () => {
        const { sizes } = clusterOf({
            controlPlaneNodes: "1",
            workerNodes: "0",
            workerPools: '{"gpu":{"count":1,"cpus":2}}',
        });

        assert.deepEqual(sizes, { "control-plane-1": "any CPUs, any MiB", "gpu-1": "2 CPUs, any MiB" });
    });

    it("name the workers of all pools, and the settings of their kubelets and of their containerd", () => {
        const { workerNodes, poolKubelets, poolContainerds } = clusterOf({
            workerNodes: "1",
            workerPools: '{"gpu":{"count":2,"kubelet":{"maxPods":20},"containerd":"oom_score = 0"},"big":{"count":1}}',
        });

        assert.deepEqual(workerNodes, ["worker-1", "gpu-1", "gpu-2", "big-1"]);
        assert.deepEqual(poolKubelets, { gpu: { maxPods: 20 } });
        assert.deepEqual(poolContainerds, { gpu: "oom_score = 0" });
    });
});

describe("a change is allowed when", () => {
    const cases: { title: string; from?: ClusterFacts; to: ClusterFacts }[] = [
        { title: "there is none", to: before },
        { title: "1 control plane becomes 3", from: controlPlanes(1), to: controlPlanes(3) },
        { title: "3 control planes become 5", from: controlPlanes(3), to: controlPlanes(5) },
        { title: "5 control planes become 3", from: controlPlanes(5), to: controlPlanes(3) },
        { title: "3 control planes become 1", from: controlPlanes(3), to: controlPlanes(1) },
        { title: "5 control planes become 1", from: controlPlanes(5), to: controlPlanes(1) },
        {
            title: "external etcd has as many members as before",
            from: clusterOf({ etcd: "external", controlPlaneNodes: "1" }),
            to: clusterOf({ etcd: "external", etcdExtraArgs: '{"heartbeat-interval":"200"}' }),
        },
        { title: "workers come and go", to: clusterOf({ workerNodes: "0" }) },
        { title: "it is an upgrade by a patch of two digits", to: clusterOf({ kubernetesVersion: "1.36.10" }) },
        { title: "it is an upgrade by a minor", to: clusterOf({ kubernetesVersion: "1.37.1" }) },
        { title: "workers leave with an upgrade", to: clusterOf({ kubernetesVersion: "1.37.1", workerNodes: "1" }) },
        {
            title: "it restores a snapshot of an earlier version with that version",
            to: { ...clusterOf({ kubernetesVersion: "1.35.9" }), restore: restoreAfter(neverRestored, "a.db", "abc") },
        },
        {
            title: "it restores a snapshot of an earlier version and has more nodes than before",
            to: {
                ...clusterOf({ kubernetesVersion: "1.35.9", workerNodes: "3" }),
                restore: restoreAfter(neverRestored, "a.db", "abc"),
            },
        },
        {
            title: "settings of running components change",
            to: clusterOf({
                certSANs: '["api.example.com"]',
                etcdExtraArgs: '{"heartbeat-interval":"200"}',
                kubelet: '{"maxPods":50}',
                kubeProxy: '{"conntrack":{"min":0}}',
                patches: '{"etcd+merge.yaml":"spec: {priority: 1}"}',
            }),
        },
    ];

    for (const { title, from, to } of cases) {
        it(title, () => {
            assert.deepEqual(refusals(from ?? before, to), []);
        });
    }

    it("the cluster was never completed", () => {
        assert.deepEqual(refusals(undefined, before), []);
    });

    it("the facts come back from the stack's outputs", () => {
        assert.deepEqual(refusals(JSON.parse(JSON.stringify(before)), before), []);
    });
});

describe("a change is refused when", () => {
    const apart = "set it back, or make a second stack and move the workloads";
    const cases: { title: string; to: Partial<ClusterFacts>; expected: string }[] = [
        {
            title: "it moves to another platform",
            to: { platform: "aws" },
            expected: `platform: local cannot become aws, it moves the cluster to other machines; ${apart}`,
        },
        {
            title: "it changes the cluster's name",
            to: { clusterName: "prod" },
            expected: `clusterName: dev cannot become prod, it names the cluster in every kubeconfig; ${apart}`,
        },
        {
            title: "it changes the pod subnet",
            to: { podSubnet: "10.200.0.0/16" },
            expected: `podSubnet: 10.244.0.0/16 cannot become 10.200.0.0/16, it is the network of running pods; ${apart}`,
        },
        {
            title: "it changes the service subnet",
            to: { serviceSubnet: "10.32.0.0/12" },
            expected:
                "serviceSubnet: 10.96.0.0/12 cannot become 10.32.0.0/12, " +
                `it holds the addresses of existing Services; ${apart}`,
        },
        {
            title: "it changes the DNS domain",
            to: { dnsDomain: "k8s.local" },
            expected: `dnsDomain: cluster.local cannot become k8s.local, it is written into pods and certificates; ${apart}`,
        },
        {
            title: "it changes the endpoint",
            to: { controlPlaneEndpoint: "api.example.com:6443" },
            expected:
                "controlPlaneEndpoint: 172.30.0.5:6443 cannot become api.example.com:6443, " +
                `it is written into every node and kubeconfig; ${apart}`,
        },
        {
            title: "it changes the CNI",
            to: { cni: "none" },
            expected: `cni: flannel cannot become none, it connects running pods; ${apart}`,
        },
        {
            title: "it moves the machines to another network",
            to: { localSubnet: "172.31.0.0/24" },
            expected:
                "localSubnet: 172.30.0.0/24 cannot become 172.31.0.0/24, " +
                `it holds the addresses of the machines; ${apart}`,
        },
        {
            title: "tokens of running pods would be refused",
            to: clusterOf({ apiServerExtraArgs: '{"service-account-issuer": "https://new"}' }),
            expected:
                "apiServerExtraArgs: service-account-issuer: tokens of running pods are of " +
                "https://kubernetes.default.svc.cluster.local, and would be refused; " +
                "write [https://new, https://kubernetes.default.svc.cluster.local], and take the last off the list after a day",
        },
        {
            title: "etcd moves to machines of its own",
            to: { etcd: "external", etcdNodes: ["etcd-1", "etcd-2", "etcd-3"], etcdVersion: "3.6.14" },
            expected: `etcd: stacked cannot become external, it holds the cluster's data; ${apart}`,
        },
        {
            title: "no control plane would stay",
            to: { controlPlaneNodes: ["control-plane-4"] },
            expected:
                "controlPlaneNodes: none of control-plane-1, control-plane-2, control-plane-3 would stay; " +
                "keep them while the others are added, and take them out in a second update",
        },
        {
            title: "it is a downgrade by a minor",
            to: { kubernetesVersion: "1.35.9" },
            expected:
                "kubernetesVersion: 1.36.4 cannot become 1.35.9, Kubernetes has no downgrade; " +
                "set 1.36.4 or a later version, or restore a snapshot of that one with it",
        },
        {
            title: "it is a downgrade by a patch",
            to: { kubernetesVersion: "1.36.3" },
            expected:
                "kubernetesVersion: 1.36.4 cannot become 1.36.3, Kubernetes has no downgrade; " +
                "set 1.36.4 or a later version, or restore a snapshot of that one with it",
        },
        {
            title: "it skips a minor",
            to: { kubernetesVersion: "1.38.0" },
            expected: "kubernetesVersion: 1.36.4 cannot become 1.38.0, minors cannot be skipped; go to 1.37 first",
        },
        {
            title: "control planes would leave together with an upgrade",
            to: { kubernetesVersion: "1.37.1", controlPlaneNodes: ["control-plane-1"] },
            expected:
                "kubernetesVersion: an upgrade and fewer control planes (control-plane-2, control-plane-3) " +
                "cannot be one update; upgrade first, then take them out",
        },
        {
            title: "new nodes would join in the midst of an upgrade",
            to: {
                kubernetesVersion: "1.37.1",
                controlPlaneNodes: [1, 2, 3, 4, 5].map((number) => `control-plane-${String(number)}`),
                workerNodes: ["worker-1", "worker-3"],
            },
            expected:
                "kubernetesVersion: an upgrade and new nodes (control-plane-4, control-plane-5, worker-3) " +
                "cannot be one update; upgrade first, then add them",
        },
    ];

    for (const { title, to, expected } of cases) {
        it(title, () => {
            assert.deepEqual(refusals(before, { ...before, ...to }), [expected]);
        });
    }

    it("it moves to another platform, with that reason alone", () => {
        assert.deepEqual(
            refusals(before, onAws).map((text) => text.split(",")[0]),
            ["platform: local cannot become aws"],
        );
    });

    it("machines on AWS would move to other zones or another VPC", () => {
        const moved = { ...onAws, awsVpc: "vpc-2b", awsZones: "eu-central-1b, eu-central-1a" };

        assert.deepEqual(refusals(onAws, moved), [
            `awsVpc: 10.0.0.0/16 cannot become vpc-2b, it holds the addresses of the machines; ${apart}`,
            "awsZones: eu-central-1a, eu-central-1b cannot become eu-central-1b, eu-central-1a, " +
                `it says where machines and load balancers are; ${apart}`,
        ]);
    });

    it("an addon on AWS comes or goes that sets flags of kubelets, unlike volumes of EBS", () => {
        const withAddons = (names: string): ClusterFacts => clusterOf({ ...aws, awsAddons: names });

        assert.deepEqual(refusals(onAws, withAddons('["ecr"]')), [
            `awsAddons: none cannot become ecr, it sets flags of every kubelet that it has from its first start; ${apart}`,
        ]);
        assert.deepEqual(refusals(withAddons('["ecr"]'), withAddons('["ebs-csi","ecr"]')), []);
        assert.deepEqual(refusals(withAddons('["ebs-csi"]'), onAws), []);
    });

    it("the only control plane is to get another machine", () => {
        const one = controlPlanes(1);

        const [refusal, ...others] = refusals(one, { ...one, generations: { "control-plane-1": 1 } });

        assert.match(refusal ?? "", /^replace: control-plane-1 is the only control plane/);
        assert.deepEqual(others, []);
    });

    it("external etcd is to have more members and another version", () => {
        const three = clusterOf({ etcd: "external", kubernetesVersion: "1.36.4" });
        const fiveOf = (kubernetesVersion: string) =>
            clusterOf({ etcd: "external", etcdNodes: "5", kubernetesVersion });

        assert.deepEqual(refusals(three, fiveOf("1.36.4")), []);
        assert.deepEqual(refusals(three, fiveOf("1.37.1")), [
            "kubernetesVersion: an upgrade and new nodes (etcd-4, etcd-5) cannot be one update; " +
                "upgrade first, then add them",
        ]);
    });

    it("several reasons apply, and names them all", () => {
        assert.equal(
            refusals(before, { ...before, cni: "none", dnsDomain: "x", kubernetesVersion: "1.36.3" }).length,
            3,
        );
    });

    const unreadable =
        "facts: what this stack recorded of its cluster is not readable by this version of the program; " +
        "use the version that made the last update, or a newer one";

    it("the facts are of a later form", () => {
        assert.deepEqual(refusals({ ...before, schema: 2 }, before), [unreadable]);
    });

    it("the facts are none", () => {
        assert.deepEqual(refusals("3 nodes", before), [unreadable]);
        assert.deepEqual(refusals({ ...before, controlPlaneNodes: 3 }, before), [unreadable]);
    });
});

describe("what a stack recorded", () => {
    it("is its facts, with the names of all nodes", () => {
        const found = recorded(JSON.parse(JSON.stringify(clusterOf({ controlPlaneNodes: "1" }))));

        assert.deepEqual(found === undefined ? [] : knownNodes(found), ["control-plane-1", "worker-1", "worker-2"]);
    });

    it("is completed with what a cluster from before pools and external etcd does not record", () => {
        const { etcdNodes, poolKubelets, poolContainerds, autoscalingPools, replace, generations, hosts, ...others } =
            before;

        assert.deepEqual(recorded(others), {
            ...others,
            etcdNodes,
            poolKubelets,
            poolContainerds,
            autoscalingPools,
            replace,
            generations,
            hosts,
        });
    });

    it("is completed with keys that the cluster is older than", () => {
        const { kubelet, ...others } = clusterOf({ kubelet: '{"maxPods":50}' }).settings;
        const { extraVolumes, extraEnvs, kubeProxy, containerd, haproxy, ...first } = others;
        const later = { extraVolumes, extraEnvs, kubeProxy, containerd, haproxy };

        assert.deepEqual(recorded({ ...before, settings: { ...first, kubelet } })?.settings, {
            ...first,
            ...later,
            kubelet,
        });
    });

    it("is nothing when it was never completed or is not readable", () => {
        assert.equal(recorded(undefined), undefined);
        assert.equal(recorded({ ...before, schema: 2 }), undefined);
    });
});

function clusterOf(texts: Record<string, string>): ClusterFacts {
    return facts(parseConfig("dev", { kubernetesVersion: "1.36.4", ...texts }), "172.30.0.5:6443", {
        renewals: {},
        generations: {},
        restore: neverRestored,
        hosts: {},
    });
}

function controlPlanes(count: number): ClusterFacts {
    return clusterOf({ controlPlaneNodes: String(count) });
}
