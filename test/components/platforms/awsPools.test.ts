import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { AwsPools, type AwsPoolsArgs, type AwsPoolSpec } from "../../../components/platforms/awsPools";
import { tagsOf } from "../../../components/platforms/awsTags";
import type { Machine } from "../../../components/platforms/platform";
import { type MockPulumi, mockPulumi, type RegisteredResource } from "../../support/mockPulumi";

const gpu: AwsPoolSpec = {
    name: "gpu",
    labels: { "example.com/gpu": "a100" },
    taints: ["example.com/gpu=true:NoSchedule"],
    kubelet: { maxPods: 20 },
    containerd: "",
    min: 0,
    max: 20,
    maxUnavailable: 2,
    instanceType: "g6.xlarge",
    diskGibibytes: 100,
    isSpot: true,
};
const general: AwsPoolSpec = { ...gpu, name: "general", labels: {}, taints: [], isSpot: false, min: 2 };

const types = {
    group: "aws:autoscaling/group:Group",
    template: "aws:ec2/launchTemplate:LaunchTemplate",
    policy: "aws:iam/rolePolicy:RolePolicy",
    parameter: "aws:ssm/parameter:Parameter",
};

describe("AwsPools", () => {
    it("are a parameter, who may do what with it, and for each pool a template and a group", async () => {
        const engine = await make([gpu, general]);

        const all = (await engine.resources()).map(({ type, name }) => `${name}: ${type.replace(/^.*:/, "")}`);
        assert.deepEqual(all.sort(), [
            "control-plane-1-join-token: Command",
            "control-plane-1-membership: Member",
            "general-birth: Stash",
            "general-complete-launch: RolePolicy",
            "general: Group",
            "general: LaunchTemplate",
            "general: LifecycleHook",
            "gpu-birth: Stash",
            "gpu-complete-launch: RolePolicy",
            "gpu: Group",
            "gpu: LaunchTemplate",
            "gpu: LifecycleHook",
            "pools-ecr: RolePolicy",
            "pools-get-join-token: RolePolicy",
            "pools-join-token: Parameter",
            "pools-put-join-token: RolePolicy",
            "pools: AwsPools",
            "pools: InstanceProfile",
            "pools: Role",
        ]);
    });

    it("let control planes write the token and instances read it, and nobody else anything", async () => {
        const engine = await make([gpu]);
        const arn = "arn of pools-join-token";

        assert.deepEqual(await statements(engine, "pools-put-join-token"), [
            { Effect: "Allow", Action: "ssm:PutParameter", Resource: arn },
        ]);
        assert.deepEqual(await statements(engine, "pools-get-join-token"), [
            { Effect: "Allow", Action: "ssm:GetParameter", Resource: arn },
        ]);
        assert.equal((await engine.resource("pools-put-join-token")).inputs["role"], "control-planes");
        assert.equal((await engine.resource("pools-get-join-token")).inputs["role"], "name of pools");
        const parameter = await engine.resource("pools-join-token");
        assert.equal(parameter.inputs["name"], "/pulumi-kubeadm/prod/join-token");
        assert.equal(parameter.inputs["type"], "SecureString");
        assert.equal(parameter.isSecret("value"), true);
        assert.deepEqual(parameter.options.ignoreChanges, ["value"]);
    });

    it("make instances that are encrypted, keep their role from pods, and know their cluster", async () => {
        const engine = await make([gpu]);

        const { inputs } = await find(engine, types.template, "gpu");
        assert.deepEqual(inputs, {
            imageId: "ami-1",
            instanceType: "g6.xlarge",
            userData: "user data of gpu",
            iamInstanceProfile: { arn: "arn of pools" },
            vpcSecurityGroupIds: ["sg-worker"],
            metadataOptions: {
                httpEndpoint: "enabled",
                httpTokens: "required",
                httpPutResponseHopLimit: 1,
                instanceMetadataTags: "disabled",
            },
            blockDeviceMappings: [
                {
                    deviceName: "/dev/xvda",
                    ebs: { volumeType: "gp3", volumeSize: 100, encrypted: "true", deleteOnTermination: "true" },
                },
            ],
            instanceMarketOptions: { marketType: "spot" },
            tagSpecifications: [
                {
                    resourceType: "instance",
                    tags: { "pulumi-kubeadm": "prod", Name: "prod gpu", "kubernetes.io/cluster/prod": "owned" },
                },
                { resourceType: "volume", tags: { "pulumi-kubeadm": "prod", Name: "prod gpu" } },
            ],
            tags: { "pulumi-kubeadm": "prod", Name: "prod gpu" },
        });
    });

    it("are groups over all zones, which are renewed with new instances first and found by the cluster autoscaler", async () => {
        const engine = await make([gpu]);

        const { inputs, options } = await find(engine, types.group, "gpu");
        const { tags, ...others } = inputs as { tags: { key: string; value: string; propagateAtLaunch: boolean }[] };
        assert.deepEqual(others, {
            name: "prod-gpu",
            minSize: 0,
            maxSize: 20,
            vpcZoneIdentifiers: ["subnet-a", "subnet-b"],
            launchTemplate: { id: "gpu-id", version: "7" },
            healthCheckType: "EC2",
            capacityRebalance: true,
            defaultInstanceWarmup: 120,
            waitForCapacityTimeout: "0",
            instanceRefresh: {
                strategy: "Rolling",
                preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
            },
        });
        assert.deepEqual(
            tags.map(
                ({ key, value, propagateAtLaunch }) => `${key}=${value}${propagateAtLaunch ? " on instances" : ""}`,
            ),
            [
                "pulumi-kubeadm=prod on instances",
                "Name=prod gpu on instances",
                "kubernetes.io/cluster/prod=owned on instances",
                "k8s.io/cluster-autoscaler/enabled=true",
                "k8s.io/cluster-autoscaler/prod=owned",
                "k8s.io/cluster-autoscaler/node-template/label/example.com/gpu=a100",
                "k8s.io/cluster-autoscaler/node-template/taint/example.com/gpu=true:NoSchedule",
            ],
        );
        assert.ok(options.dependsOn.some((urn) => urn.endsWith("::control-plane-1-membership")));
    });

    it("wait until a new instance says that it has joined, and take another when it does not", async () => {
        const engine = await make([gpu]);

        const { inputs } = await find(engine, "aws:autoscaling/lifecycleHook:LifecycleHook", "gpu");
        assert.deepEqual(inputs, {
            name: "joined",
            autoscalingGroupName: "name of gpu",
            lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
            heartbeatTimeout: 3600,
            defaultResult: "ABANDON",
        });
        assert.deepEqual(await statements(engine, "gpu-complete-launch"), [
            { Effect: "Allow", Action: "autoscaling:CompleteLifecycleAction", Resource: "arn of gpu" },
        ]);
        assert.equal((await engine.resource("gpu-complete-launch")).inputs["role"], "name of pools");
    });

    it("keep the image that their instances were born with", async () => {
        const engine = await make([gpu]);

        const birth = await engine.resource("gpu-birth");
        assert.deepEqual(birth.inputs["input"], { image: "ami-1", rootDevice: "/dev/xvda" });
    });

    it("hand over tokens from every control plane, and no longer when there is no pool", async () => {
        const stdin = async (engine: MockPulumi): Promise<string> =>
            String((await engine.resource("control-plane-1-join-token")).inputs["stdin"]);

        assert.match(await stdin(await make([gpu])), /PARAMETER=.*\/pulumi-kubeadm\/prod\/join-token/);
        const engine = await make([]);
        assert.match(await stdin(engine), /^JOIN_TOKEN=''$/m);
        const names = (await engine.resources()).map(({ name }) => name);
        assert.deepEqual(names, ["control-plane-1-join-token", "pools"]);
    });

    it("hold for any pools: tokens required, one hop, encrypted, never less capacity", async () => {
        await fc.assert(
            fc.asyncProperty(fc.uniqueArray(pool, { selector: ({ name }) => name, maxLength: 4 }), async (pools) => {
                const engine = await make(pools);
                const all = await engine.resources();
                const templates = all.filter(({ type }) => type === types.template);
                const groups = all.filter(({ type }) => type === types.group);

                assert.deepEqual(templates.map(({ name }) => name).sort(), pools.map(({ name }) => name).sort());
                for (const { inputs } of templates) {
                    assert.deepEqual(inputs["metadataOptions"], {
                        httpEndpoint: "enabled",
                        httpTokens: "required",
                        httpPutResponseHopLimit: 1,
                        instanceMetadataTags: "disabled",
                    });
                    assert.match(JSON.stringify(inputs["blockDeviceMappings"]), /"encrypted":"true"/);
                    const spot = pools.find(({ name }) => inputs["userData"] === `user data of ${name}`)?.isSpot;
                    assert.equal("instanceMarketOptions" in inputs, spot);
                }
                for (const { inputs } of groups) {
                    const { preferences } = inputs["instanceRefresh"] as { preferences: Record<string, number> };
                    assert.equal(preferences["minHealthyPercentage"], 100);
                    const most = preferences["maxHealthyPercentage"] ?? 0;
                    assert.ok(most > 100 && most <= 200, `${most}`);
                }
            }),
            { numRuns: 20 },
        );
    });
});

const pool: fc.Arbitrary<AwsPoolSpec> = fc
    .record({
        name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
        max: fc.integer({ min: 1, max: 500 }),
        maxUnavailable: fc.integer({ min: 1, max: 600 }),
        isSpot: fc.boolean(),
        diskGibibytes: fc.integer({ min: 8, max: 500 }),
    })
    .map((given) => ({ ...general, ...given, min: 0 }));

async function make(pools: readonly AwsPoolSpec[]): Promise<MockPulumi> {
    const engine = await mockPulumi({
        outputs: ({ type, name, inputs }) => ({
            ...(type === "pulumi:index:Stash" ? { output: (inputs as { input: string }).input } : {}),
            ...(type === types.template ? { latestVersion: 7 } : {}),
            ...(type === "aws:iam/role:Role" || type === types.group ? { name: `name of ${name}` } : {}),
            arn: `arn of ${name}`,
        }),
        results: () => ({ rootDeviceName: "/dev/xvda" }),
    });
    const made = new AwsPools("pools", argsOf(pools), {});
    made.join(({ name }) => pulumi.output(`user data of ${name}`), pools.length === 0 ? [] : [new Member()]);
    return engine;
}

function argsOf(pools: readonly AwsPoolSpec[]): AwsPoolsArgs {
    return {
        pools,
        tags: tagsOf("prod"),
        subnetIds: ["subnet-a", "subnet-b"],
        securityGroupId: "sg-worker",
        image: { name: "debian-13", id: "ami-1" },
        policies: { ecr: "{}" },
        controlPlaneRole: "control-planes",
        controlPlanes: [controlPlane],
    };
}

const controlPlane: Machine = {
    name: "control-plane-1",
    role: "control-plane",
    pool: "control-plane",
    connection: { host: "10.0.0.11", hostKey: "ssh-ed25519 AAAA" },
    address: pulumi.output("10.0.0.11"),
    identity: pulumi.output("i-0"),
};

class Member extends pulumi.CustomResource {
    constructor() {
        super("test:index:Member", "control-plane-1-membership");
    }
}

async function find(engine: MockPulumi, type: string, name: string): Promise<RegisteredResource> {
    const found = (await engine.resources()).find((each) => each.type === type && each.name === name);
    assert.ok(found !== undefined);
    return found;
}

async function statements(engine: MockPulumi, name: string): Promise<unknown> {
    const { policy } = (await engine.resource(name)).inputs;
    return (JSON.parse(String(policy)) as { Statement: unknown }).Statement;
}
