import assert from "node:assert/strict";
import { changeEffects } from "../../changes/changeEffects";
import { neverRestored } from "../../changes/restores";
import { type ClusterFacts, facts } from "../../changes/clusterFacts";
import { refusals } from "../../changes/updateRules";
import { existingBastion } from "../support/awsOutputs";
import { configOf } from "../support/configOf";

const aws = {
    platform: "aws",
    awsZones: ["eu-central-1a", "eu-central-1b"],
    awsAllowedCidrs: ["203.0.113.7/32"],
};
const small = { controlPlaneNodes: 1, workerNodes: 2 };

describe("the subnets of a VPC that was there", () => {
    const privateSubnets = ["subnet-1a", "subnet-1b"];
    const publicSubnets = ["subnet-2a", "subnet-2b"];
    const otherSubnets = ["subnet-2a", "subnet-3b"];
    const inVpc = (given: Record<string, unknown>) => ({ awsVpc: { id: "vpc-1a", privateSubnets, ...given } });
    const apart = "set them back, or make a second stack and move the workloads";
    const cases: {
        title: string;
        from: Record<string, unknown>;
        to: Record<string, unknown>;
        expected: string[];
    }[] = [
        {
            title: "may stay as they are",
            from: inVpc({ publicSubnets }),
            to: inVpc({ publicSubnets }),
            expected: [],
        },
        {
            title: "cannot become others",
            from: inVpc({ publicSubnets }),
            to: inVpc({ privateSubnets: ["subnet-1a", "subnet-3b"], publicSubnets: otherSubnets }),
            expected: [
                "awsVpc: privateSubnets: subnet-1a, subnet-1b cannot become subnet-1a, subnet-3b, " +
                    `machines and load balancers are in them; ${apart}`,
                "awsVpc: publicSubnets: subnet-2a, subnet-2b cannot become subnet-2a, subnet-3b, " +
                    `machines and load balancers are in them; ${apart}`,
            ],
        },
        {
            title: "can get public ones when a public endpoint needs them",
            from: { ...inVpc({}), ...existingBastion },
            to: { ...inVpc({ publicSubnets }), ...existingBastion, awsPublicEndpoint: true },
            expected: [],
        },
        {
            title: "can lose the public ones when nothing needs them",
            from: { ...inVpc({ publicSubnets }), ...existingBastion, awsPublicEndpoint: true },
            to: { ...inVpc({}), ...existingBastion },
            expected: [],
        },
        {
            title: "can have other public ones when nothing needed them",
            from: { ...inVpc({ publicSubnets }), ...existingBastion },
            to: { ...inVpc({ publicSubnets: otherSubnets }), ...existingBastion, awsPublicEndpoint: true },
            expected: [],
        },
        {
            title: "are those of another VPC, which is the one reason",
            from: {},
            to: inVpc({ publicSubnets }),
            expected: [
                "awsVpc: 10.0.0.0/16 cannot become vpc-1a, it holds the addresses of the machines; " +
                    "set it back, or make a second stack and move the workloads",
            ],
        },
    ];

    for (const { title, from, to, expected } of cases) {
        it(title, () => {
            assert.deepEqual(refusals(clusterOf(from), clusterOf(to)), expected);
        });
    }

    it("are not compared where an earlier version of the program did not record them", () => {
        const { awsPrivateSubnets, awsPublicSubnets, ...before } = clusterOf(inVpc({ publicSubnets }));

        assert.deepEqual([awsPrivateSubnets, awsPublicSubnets], ["subnet-1a, subnet-1b", "subnet-2a, subnet-2b"]);
        assert.deepEqual(
            refusals(before, clusterOf(inVpc({ privateSubnets: otherSubnets, publicSubnets: otherSubnets }))),
            [],
        );
    });
});

describe("the machines of a cluster on AWS", () => {
    const machines = (awsMachines: Record<string, unknown>, given: Record<string, unknown> = {}): ClusterFacts =>
        clusterOf({ ...small, awsMachines, ...given });

    it("are recorded by their type, and that they are spot instances", () => {
        assert.deepEqual(machines({ worker: { type: "m7g.large", spot: true } }).sizes, {
            "control-plane-1": "t4g.medium",
            "worker-1": "m7g.large spot",
            "worker-2": "m7g.large spot",
            bastion: "t4g.small",
        });
    });

    it("are no bastion that was there", () => {
        const awsVpc = { id: "vpc-1a", privateSubnets: ["subnet-1a", "subnet-1b"] };

        assert.equal("bastion" in (machines({}, { awsVpc, ...existingBastion }).sizes ?? {}), false);
    });

    it("have another bastion for another type of it, which is told", () => {
        const [before, after] = [machines({}), machines({ bastion: { type: "t4g.large" } })];
        const { bastion, ...nodes } = before.sizes ?? {};

        assert.equal(bastion, "t4g.small");
        assert.deepEqual(changeEffects(before, after), ["bastion: another one comes in its place (awsMachines)"]);
        // As an earlier version of the program recorded it.
        assert.deepEqual(changeEffects({ ...before, sizes: nodes }, after), []);
    });

    it("become others when they are to be spot instances, or no longer", () => {
        const others =
            "worker-1, worker-2: another machine joins in its place, then it is drained and leaves (awsMachines)";
        const [before, after] = [machines({}), machines({ worker: { spot: true } })];

        assert.deepEqual(changeEffects(before, after), [others]);
        assert.deepEqual(changeEffects(after, before), [others]);
        assert.deepEqual(refusals(before, after), []);
    });

    it("do not become spot instances in an upgrade", () => {
        const from = machines({}, { kubernetesVersion: "1.37.0" });

        assert.deepEqual(refusals(from, machines({ worker: { spot: true } })), [
            "awsMachines: an upgrade and other machines for nodes (worker-1, worker-2) cannot be one update; " +
                "upgrade first, then replace them",
        ]);
    });
});

describe("the disks of machines on AWS", () => {
    const pools = { controlPlaneNodes: 1, workerNodes: 1, workerPools: { batch: { count: 2 } } };
    const disks = (awsMachines: Record<string, unknown>): ClusterFacts => clusterOf({ ...pools, awsMachines });
    const large = disks({ batch: { disk: 100 }, bastion: { disk: 32 } });

    it("are recorded by machine", () => {
        assert.deepEqual(large.disks, {
            "control-plane-1": 40,
            "worker-1": 40,
            "batch-1": 100,
            "batch-2": 100,
            bastion: 32,
        });
    });

    it("do not become smaller", () => {
        assert.deepEqual(refusals(large, disks({ batch: { disk: 60 } })), [
            "awsMachines: batch: disk: 100 GiB cannot become 60, the volumes of batch-1, batch-2 do not shrink; " +
                "set it back, or put these names into replace in the same edit",
            "awsMachines: bastion: disk: 32 GiB cannot become 16, the volumes of bastion do not shrink; " +
                "set it back, or put these names into replace in the same edit",
        ]);
    });

    it("are smaller on other machines", () => {
        const smaller = disks({ batch: { type: "m7g.large", disk: 60 } });

        assert.deepEqual(refusals(large, { ...smaller, generations: { bastion: 1 } }), []);
    });

    it("grow in place, and with them file systems at the next boot, but for machines that others come in the place of", () => {
        const larger = disks({ "control-plane": { disk: 60 }, batch: { disk: 200 }, bastion: { disk: 32 } });

        assert.deepEqual(refusals(large, larger), []);
        assert.deepEqual(changeEffects(large, { ...larger, generations: { "batch-2": 1 } }), [
            "control-plane-1: its volume grows to 60 GiB, and its file system when it boots next (awsMachines)",
            "batch-1: its volume grows to 200 GiB, and its file system when it boots next (awsMachines)",
            "batch-2: another machine joins in its place, then it is drained and leaves (replace)",
        ]);
    });

    it("are not compared where an earlier version of the program did not record them", () => {
        const { disks: recorded, ...before } = large;

        assert.notEqual(recorded, undefined);
        assert.deepEqual(refusals(before, disks({})), []);
        assert.deepEqual(changeEffects(before, disks({ batch: { disk: 200 } })), []);
    });
});

function clusterOf(given: Record<string, unknown>): ClusterFacts {
    return facts(configOf({ ...aws, ...given }), "api.dev.internal:6443", {
        renewals: {},
        generations: {},
        restore: neverRestored,
        hosts: {},
    });
}
