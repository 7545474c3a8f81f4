import assert from "node:assert/strict";
import { poolOf, poolsOf } from "../../config/pools";
import { bastionKeyOf } from "../support/awsOutputs";
import { configOf, problemsOf } from "../support/configOf";
import { hostKeys } from "../support/hosts";

describe("the pools of a cluster", () => {
    it("are the control planes and the pool worker when no other is named", () => {
        const config = configOf({ workerLabels: { disk: "ssd" }, workerTaints: ["a:NoSchedule"] });

        assert.deepEqual(poolsOf(config), [
            {
                name: "control-plane",
                role: "control-plane",
                nodes: ["control-plane-1", "control-plane-2", "control-plane-3"],
                labels: {},
                taints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
                kubelet: {},
                containerd: "",
                size: {},
                maxUnavailable: 1,
            },
            {
                name: "worker",
                role: "worker",
                nodes: ["worker-1", "worker-2"],
                labels: { disk: "ssd" },
                taints: ["a:NoSchedule"],
                kubelet: {},
                containerd: "",
                size: {},
                maxUnavailable: 1,
            },
        ]);
    });

    it("have what the configuration gives to each of them", () => {
        const gpu = {
            count: 3,
            labels: { "example.com/gpu": "a100" },
            taints: ["example.com/gpu:NoSchedule"],
            kubelet: { maxPods: 20 },
            containerd: "oom_score = 0",
            cpus: 2,
            memory: "4Gi",
            maxUnavailable: "2",
        };

        const [, , pool] = poolsOf(configOf({ workerPools: { gpu } }));

        assert.deepEqual(pool, {
            name: "gpu",
            role: "worker",
            nodes: ["gpu-1", "gpu-2", "gpu-3"],
            labels: gpu.labels,
            taints: gpu.taints,
            kubelet: gpu.kubelet,
            containerd: gpu.containerd,
            size: { cpus: 2, memoryMebibytes: 4096 },
            maxUnavailable: 2,
        });
    });

    it("have no node that is taken out, and keep the numbers of the others", () => {
        const config = configOf({
            workerNodes: 3,
            workerPools: { gpu: { count: 2 } },
            withoutNodes: ["worker-2", "gpu-1"],
        });

        const [, worker, gpu] = poolsOf(config);
        assert.deepEqual([worker?.nodes, gpu?.nodes], [["worker-1", "worker-3"], ["gpu-2"]]);
        assert.equal(poolOf(config, "gpu-2")?.name, "gpu");
        assert.equal(poolOf(config, "gpu-1"), undefined);
    });

    const shares: { share: string; nodes: number; expected: number }[] = [
        { share: "10%", nodes: 0, expected: 1 },
        { share: "10%", nodes: 2, expected: 1 },
        { share: "10%", nodes: 10, expected: 1 },
        { share: "10%", nodes: 11, expected: 2 },
        { share: "25%", nodes: 10, expected: 3 },
        { share: "100%", nodes: 4, expected: 4 },
        { share: "3", nodes: 2, expected: 3 },
    ];

    for (const { share, nodes, expected } of shares) {
        it(`let ${expected} of ${nodes} nodes be unavailable for ${share}`, () => {
            const [, worker] = poolsOf(configOf({ workerNodes: nodes, workerMaxUnavailable: share }));

            assert.equal(worker?.maxUnavailable, expected);
        });
    }

    it("let control planes run workloads when no pool has a worker", () => {
        const gpu = { count: 1 };
        const taintsOf = (given: Record<string, unknown>) => configOf(given).controlPlaneTaints.length;

        assert.equal(taintsOf({ workerNodes: 0, workerPools: { gpu } }), 1);
        assert.equal(taintsOf({ workerNodes: 0, workerPools: { gpu: { count: 0 } } }), 0);
        assert.equal(taintsOf({ workerNodes: 1, withoutNodes: ["worker-1"] }), 0);
    });
});

describe("a pool", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "its name is that of something else",
            given: { workerPools: { worker: { count: 1 } } },
            expected: ['workerPools: "worker" has a meaning of its own; choose another name, for example general'],
        },
        {
            title: "its name is not a DNS label",
            given: { workerPools: { GPU_a: { count: 1 } } },
            expected: [
                'workerPools: "GPU_a" cannot be part of the names of nodes; ' +
                    'use up to 57 lower-case letters, digits and "-", for example gpu',
            ],
        },
        {
            title: "it does not say how many nodes it has",
            given: { workerPools: { gpu: {} } },
            expected: ["workerPools: gpu: count is missing; say how many nodes the pool has"],
        },
        {
            title: "its count is not a number",
            given: { workerPools: { gpu: { count: "two" } } },
            expected: ['workerPools: gpu: count: "two" is not a whole number from 0 to 99999'],
        },
        {
            title: "a field is misspelt",
            given: { workerPools: { gpu: { count: 1, label: {} } } },
            expected: [
                'workerPools: gpu: "label" is not known; ' +
                    "a pool has count, autoscaling, labels, taints, kubelet, containerd, cpus, memory, maxUnavailable",
            ],
        },
        {
            title: "a field is unknown",
            given: { workerPools: { gpu: { count: 1, instanceType: "x" } } },
            expected: [
                'workerPools: gpu: "instanceType" is not known; ' +
                    "a pool has count, autoscaling, labels, taints, kubelet, containerd, cpus, memory, maxUnavailable",
            ],
        },
        {
            title: "its share is nothing",
            given: { workerMaxUnavailable: "0", workerPools: { gpu: { count: 1, maxUnavailable: "0%" } } },
            expected: [
                'workerMaxUnavailable: "0" is neither a number of nodes from 1 nor a percentage; for example 2 or 25%',
                'workerPools: gpu: maxUnavailable: "0%" is neither a number of nodes from 1 nor a percentage; ' +
                    "for example 2 or 25%",
            ],
        },
        {
            title: "its machines are no machines",
            given: { workerPools: { gpu: { count: 1, cpus: 0, memory: "4GB" } } },
            expected: [
                "workerPools: gpu: cpus: 0 is no machine; use 1 or more, or leave it out",
                'workerPools: gpu: memory: "4GB" is not an amount of memory; for example 4Gi or 1500Mi',
            ],
        },
        {
            title: "its machines are too small for a worker",
            given: { workerPools: { gpu: { count: 1, memory: "512Mi" } } },
            expected: ["workerPools: gpu: memory: 512Mi is less than a worker needs; use 900Mi or more"],
        },
        {
            title: "its kubelet has a field that the program sets",
            given: { workerPools: { gpu: { count: 1, kubelet: { cgroupDriver: "cgroupfs" } } } },
            expected: ["workerPools: gpu: kubelet: cgroupDriver must be that of containerd, systemd; leave it out"],
        },
        {
            title: "its labels and taints are none",
            given: {
                workerPools: {
                    gpu: { count: 1, labels: { "node-role.kubernetes.io/control-plane": "" }, taints: ["a"] },
                },
            },
            expected: [
                "workerPools: gpu: node-role.kubernetes.io/control-plane would make a worker look like a " +
                    "control plane; leave it out",
                'workerPools: gpu: "a" is not a taint; write key=value:Effect or key:Effect',
            ],
        },
        {
            title: "the subnet of the machines has no room for it",
            given: { workerPools: { gpu: { count: 61 } } },
            expected: [
                "localSubnet: 172.30.0.0/24 has addresses for 60 nodes of workerPools, not for 61; " +
                    "use workerNodes for more",
            ],
        },
        {
            title: "the pod subnet has no room for it",
            given: { podSubnet: "10.244.0.0/21", workerPools: { gpu: { count: 4 } } },
            expected: ["podSubnet: 10.244.0.0/21 has room for 8 nodes of a /24 each, not for 9; use a /20 or larger"],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`is refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    for (const platform of ["aws", "hosts"]) {
        for (const size of [{ cpus: 2 }, { memory: "4Gi" }]) {
            it(`is refused with ${JSON.stringify(size)} on platform ${platform}`, () => {
                const problems = problemsOf({ platform, workerPools: { gpu: { count: 1, ...size } } });

                assert.ok(
                    problems.includes(
                        "workerPools: gpu: cpus and memory are for machines of platform local; take them out",
                    ),
                );
            });
        }
    }
});

describe("the name of a pool", () => {
    const aws = {
        platform: "aws",
        awsZones: ["eu-central-1a", "eu-central-1b"],
        awsAllowedCidrs: ["203.0.113.7/32"],
    };
    const autoscaling = { min: 0, max: 9 };
    const cases: { title: string; on: Record<string, unknown>; pool: Record<string, unknown>; limit: number }[] = [
        { title: "leaves room for the number of a node", on: {}, pool: { count: 1 }, limit: 57 },
        { title: "leaves room for the id of an instance too", on: aws, pool: { count: 1 }, limit: 50 },
        { title: "is no part of a node that is called by its instance", on: aws, pool: { autoscaling }, limit: 57 },
    ];

    for (const { title, on, pool, limit } of cases) {
        it(title, () => {
            const named = (length: number) => problemsOf({ ...on, workerPools: { ["a".repeat(length)]: pool } });

            assert.deepEqual(named(limit), []);
            assert.deepEqual(named(limit + 1), [
                `workerPools: "${"a".repeat(limit + 1)}" cannot be part of the names of nodes; ` +
                    `use up to ${limit} lower-case letters, digits and "-", for example gpu`,
            ]);
        });
    }
});

describe("the keys withoutNodes and replace", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "a name is misspelt",
            given: { withoutNodes: ["wroker-1"], replace: ["control-plain-2"] },
            expected: [
                'withoutNodes: "wroker-1" is not a node of this cluster; did you mean worker-1?',
                'replace: "control-plain-2" is not a node of this cluster; did you mean control-plane-2?',
            ],
        },
        {
            title: "the number of a name is that of no node",
            given: { workerNodes: 1, withoutNodes: ["worker-2"], replace: ["control-plane-4"] },
            expected: [
                'withoutNodes: "worker-2" is not a node of this cluster; it has worker-1 only; take worker-2 off the list',
                'replace: "control-plane-4" is not a node of this cluster; ' +
                    "it has control-plane-1 to control-plane-3; take control-plane-4 off the list",
            ],
        },
        {
            title: "a name is of a pool without nodes, and like that of another one",
            given: { workerPools: { gpu: { count: 0 }, gpu2: { count: 1 } }, replace: ["gpu-1"] },
            expected: [
                'replace: "gpu-1" is not a node of this cluster; ' +
                    "it has control-plane-1 to control-plane-3 and worker-1 to worker-2 and gpu2-1",
            ],
        },
        {
            title: "a name is none of the cluster's",
            given: { workerPools: { gpu: { count: 2 } }, replace: ["database"] },
            expected: [
                'replace: "database" is not a node of this cluster; ' +
                    "it has control-plane-1 to control-plane-3 and worker-1 to worker-2 and gpu-1 to gpu-2",
            ],
        },
        {
            title: "a load balancer is to be replaced that is none of the stack's",
            given: {
                platform: "aws",
                awsZones: ["eu-central-1a", "eu-central-1b"],
                awsAllowedCidrs: ["203.0.113.7/32"],
                replace: ["load-balancer"],
            },
            expected: [
                'replace: "load-balancer" is not a node of this cluster; ' +
                    "it has control-plane-1 to control-plane-3 and worker-1 to worker-2",
            ],
        },
        {
            title: "a load balancer is to be taken out",
            given: { withoutNodes: ["load-balancer"] },
            expected: [
                'withoutNodes: "load-balancer" is not a node of this cluster; ' +
                    "it has control-plane-1 to control-plane-3 and worker-1 to worker-2",
            ],
        },
        {
            title: "a control plane is to be taken out",
            given: { withoutNodes: ["control-plane-2"] },
            expected: [
                "withoutNodes: control-plane-2 is a control plane, and an even number of them has no better quorum; " +
                    "put it into replace for another machine, or lower controlPlaneNodes",
            ],
        },
        {
            title: "a name is given twice, or in both",
            given: { withoutNodes: ["worker-1", "worker-1"], replace: ["worker-1"] },
            expected: [
                "withoutNodes: worker-1 is given more than once",
                "replace: worker-1 is in withoutNodes too; keep one of them",
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    it("may name the load balancer that is to be another machine", () => {
        assert.deepEqual(problemsOf({ replace: ["load-balancer", "worker-1"] }), []);
    });

    it("may name the bastion of platform aws, but not one that was there", () => {
        const aws = {
            platform: "aws",
            awsZones: ["eu-central-1a", "eu-central-1b"],
            awsAllowedCidrs: ["203.0.113.7/32"],
            replace: ["bastion"],
        };
        const awsVpc = {
            id: "vpc-1a2b3c4d",
            privateSubnets: ["subnet-1a", "subnet-1b"],
            publicSubnets: ["subnet-2a", "subnet-2b"],
        };
        const awsBastion = { host: "203.0.113.9", user: "admin", hostKey: hostKeys[0], from: "sg-0a1b2c3d" };

        assert.deepEqual(problemsOf(aws), []);
        assert.deepEqual(problemsOf({ ...aws, awsVpc, awsBastion, awsBastionKey: bastionKeyOf("none") }), [
            'replace: "bastion" is not a node of this cluster; ' +
                "it has control-plane-1 to control-plane-3 and worker-1 to worker-2",
        ]);
    });

    it("leave the settings of a node that is taken out alone", () => {
        assert.deepEqual(problemsOf({ withoutNodes: ["worker-1"], nodes: { "worker-1": { labels: { a: "b" } } } }), []);
    });
});
