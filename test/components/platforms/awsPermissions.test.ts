import assert from "node:assert/strict";
import {
    lookAtPermissions,
    permissionProblems,
    permissionsOf,
    type PermissionsSeen,
    uncheckedPermissions,
} from "../../../components/platforms/awsPermissions";
import { awsResults, existingBastion, zones } from "../../support/awsOutputs";
import { configOf } from "../../support/configOf";
import { mockPulumi } from "../../support/mockPulumi";

const simulate = "aws:iam/getPrincipalPolicySimulation:getPrincipalPolicySimulation";
const always = ["ec2/instance", "ec2/securityGroup", "lb/loadBalancer", "lb/listener", "lb/targetGroup"];
const last = ["route53/zone", "iam/role", "iam/instanceProfile"];
const ownVpc = ["ec2/vpc", "ec2/subnet", "ec2/internetGateway", "ec2/natGateway", "ec2/routeTable"];
const existingVpc = {
    awsVpc: {
        id: "vpc-1a",
        privateSubnets: ["subnet-1a", "subnet-1b", "subnet-1c"],
        publicSubnets: ["subnet-2a", "subnet-2b", "subnet-2c"],
    },
};

describe("the permissions that a cluster needs", () => {
    const cases: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        { title: "with a VPC of its own", given: {}, expected: [...always, ...last, ...ownVpc, "ec2/eip"] },
        { title: "in a VPC that is there", given: existingVpc, expected: [...always, ...last, "ec2/eip"] },
        {
            title: "behind a bastion that is there",
            given: { ...existingVpc, ...existingBastion },
            expected: [...always, ...last],
        },
        {
            title: "with etcd on machines of its own",
            given: { ...existingVpc, etcd: "external" },
            expected: [...always, ...last, "ec2/eip", "ec2/networkInterface"],
        },
        {
            title: "with an addon that asks AWS",
            given: { ...existingVpc, awsAddons: ["ebs-csi"] },
            expected: [...always, ...last, "ec2/eip", "iam/rolePolicy"],
        },
        {
            title: "with a pool that joins by itself",
            given: { ...existingVpc, workerPools: { batch: { autoscaling: { min: 0, max: 3 } } } },
            expected: [
                ...always,
                ...last,
                "ec2/eip",
                "iam/rolePolicy",
                "ssm/parameter",
                "ec2/launchTemplate",
                "autoscaling/group",
            ],
        },
    ];

    for (const { title, given, expected } of cases) {
        it(`are of these types ${title}`, () => {
            const types = permissionsOf(aws(given)).map(({ type }) => type);

            assert.deepEqual(types.sort(), expected.map((type) => `aws:${type}`).sort());
        });
    }

    it("change something, and are each named once for a type", () => {
        const all = permissionsOf(aws({ workerPools: { batch: { autoscaling: { min: 0, max: 3 } } } }));
        const actions = all.flatMap((each) => each.actions);

        assert.deepEqual(
            actions.filter(
                (action) => !/^[a-z0-9]+:[A-Z][A-Za-z]+$/.test(action) || /:(Describe|Get|List)/.test(action),
            ),
            [],
        );
        assert.equal(new Set(actions).size, actions.length);
    });

    it("are of the service whose resource stands for their type", () => {
        const all = permissionsOf(aws({ workerPools: { batch: { autoscaling: { min: 0, max: 3 } } } }));

        assert.deepEqual(
            all.filter(({ example, actions }) => actions.some((each) => each.split(":")[0] !== example.split(":")[0])),
            [],
        );
    });
});

describe("a look at the caller's permissions", () => {
    it("asks for the role behind a session, what it may do with resources as they will be", async () => {
        const asked: Record<string, unknown>[] = [];
        await mockPulumi({
            results: awsResults({
                [simulate]: (inputs) => {
                    asked.push(inputs);
                    return { results: [] };
                },
            }),
        });

        const seen = await lookAtPermissions(aws(existingVpc));

        assert.deepEqual(seen, {
            caller: "arn:aws:iam::111122223333:role/deployer",
            refused: [],
            unclear: { actions: [], keys: [] },
        });
        assert.deepEqual(asked.flatMap(({ resourceArns }) => resourceArns ?? []).sort(), [
            "arn:aws:ec2:eu-central-1:111122223333:elastic-ip/eipalloc-0123456789abcdef0",
            "arn:aws:ec2:eu-central-1:111122223333:instance/i-0123456789abcdef0",
            "arn:aws:ec2:eu-central-1:111122223333:security-group/sg-0123456789abcdef0",
            "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/net/machines-api-0123456/0123456789abcdef/0123456789abcdef",
            "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/machines-api-0123456/0123456789abcdef",
            "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/machines-api-0123456/0123456789abcdef",
            "arn:aws:iam::111122223333:instance-profile/machines-control-plane-0123456",
            "arn:aws:iam::111122223333:role/machines-control-plane-0123456",
            "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
        ]);
        assert.deepEqual(
            new Set(asked.map(({ policySourceArn }) => policySourceArn)),
            new Set(["arn:aws:iam::111122223333:role/deployer"]),
        );
        const [first] = asked;
        assert.deepEqual(first?.contexts, [
            { key: "aws:RequestedRegion", type: "string", values: ["eu-central-1"] },
            { key: "iam:PassedToService", type: "string", values: ["ec2.amazonaws.com"] },
        ]);
    });

    it("tells what is refused from what depends on more than is known", async () => {
        await mockPulumi({
            results: awsResults({ [simulate]: (inputs) => ({ results: decide(inputs) }) }),
        });

        const seen = await lookAtPermissions(aws(existingVpc));

        assert.deepEqual(permissionProblems(seen), [
            "aws:ec2/instance: arn:aws:iam::111122223333:role/deployer may not do ec2:TerminateInstances; " +
                "have it allowed, or use other credentials",
            "aws:iam/role: arn:aws:iam::111122223333:role/deployer may not do iam:CreateRole, iam:PassRole; " +
                "have it allowed, or use other credentials",
        ]);
        assert.equal(
            uncheckedPermissions(seen),
            "permissions that depend on aws:RequestTag/team are not checked: ec2:RunInstances",
        );
    });

    it("says in one line that the caller may not ask, and refuses nothing", async () => {
        const refused = () => {
            // What a person gets to see of an answer of the engine.
            throw Object.assign(new Error(), { details: "AccessDenied:\n  iam:SimulatePrincipalPolicy" });
        };
        await mockPulumi({ results: awsResults({ [simulate]: refused }) });

        const seen = await lookAtPermissions(aws());

        assert.deepEqual(permissionProblems(seen), []);
        assert.equal(
            uncheckedPermissions(seen),
            "permissions are not checked: AccessDenied: iam:SimulatePrincipalPolicy",
        );
    });

    it("does not believe a simulator that denies what every preview does", async () => {
        const denyAll = ({ actionNames }: Record<string, unknown>) => ({
            results: (actionNames as string[]).map((actionName) => ({
                actionName,
                allowed: false,
                missingContextKeys: [],
            })),
        });
        await mockPulumi({ results: awsResults({ [simulate]: denyAll }) });

        const seen = await lookAtPermissions(aws());

        assert.deepEqual(permissionProblems(seen), []);
        assert.equal(
            uncheckedPermissions(seen),
            "permissions are not checked: IAM's simulator denies ec2:DescribeAvailabilityZones, " +
                "which arn:aws:iam::111122223333:role/deployer may do",
        );
    });

    it("has nothing to say of a caller who may do all", () => {
        const seen: PermissionsSeen = { caller: "arn", refused: [], unclear: { actions: [], keys: [] } };

        assert.equal(uncheckedPermissions(seen), undefined);
    });
});

function decide({ actionNames, resourceArns }: Record<string, unknown>): Record<string, unknown>[] {
    const denied = ["ec2:RunInstances", "ec2:TerminateInstances", "iam:CreateRole", "iam:PassRole"];
    return (actionNames as string[]).map((actionName) => ({
        actionName,
        allowed: !denied.includes(actionName),
        // As AWS does, where no resource is named.
        missingContextKeys:
            resourceArns === undefined && actionName === "ec2:RunInstances" ? ["aws:RequestTag/team"] : [],
    }));
}

function aws(given: Record<string, unknown> = {}) {
    return configOf({ platform: "aws", awsZones: zones, awsAllowedCidrs: ["203.0.113.7/32"], ...given });
}
