import assert from "node:assert/strict";
import { bastionSpec, nodeSpecs, poolSpecs } from "../../../components/platforms/awsPlan";
import {
    type AwsAsked,
    awsProblems,
    type AwsSeen,
    lookAtAws,
    type TypeSeen,
} from "../../../components/platforms/awsPreflight";
import { awsResults, zones } from "../../support/awsOutputs";
import { configOf } from "../../support/configOf";
import { mockPulumi } from "../../support/mockPulumi";

const autoscaling = { min: 0, max: 50 };
const type: TypeSeen = { vcpus: 2, memoryMebibytes: 4096, architectures: ["arm64"], hypervisor: "nitro", zones };
const seen: AwsSeen = {
    region: "eu-central-1",
    zones,
    types: { "t4g.medium": type, "t4g.small": type },
    vcpuQuota: 64,
    image: "ami-1a",
};
const vpcSeen = {
    cidr: "10.9.0.0/16",
    hasDns: true,
    subnets: {
        "subnet-1a": { vpcId: "vpc-1a", zone: zones[0] ?? "" },
        "subnet-1b": { vpcId: "vpc-1a", zone: zones[1] ?? "" },
    },
};
const existing = {
    awsZones: zones.slice(0, 2),
    awsVpc: { id: "vpc-1a", privateSubnets: ["subnet-1a", "subnet-1b"], publicSubnets: ["subnet-1a", "subnet-1b"] },
};

describe("what AWS cannot give is", () => {
    const cases: { title: string; given?: Record<string, unknown>; seen: Partial<AwsSeen>; expected: string[] }[] = [
        { title: "nothing, when it has all", seen: {}, expected: [] },
        { title: "nothing, of a VPC that fits", given: existing, seen: { vpc: vpcSeen }, expected: [] },
        {
            title: "a zone of another region",
            given: { awsZones: ["eu-west-1a", "eu-central-1b"] },
            seen: {},
            expected: [
                "awsZones: eu-west-1a is no zone of eu-central-1; it has eu-central-1a, eu-central-1b, eu-central-1c",
                "awsMachines: control-plane: t4g.medium is not offered in eu-west-1a; choose another type or other zones",
                "awsMachines: worker: t4g.medium is not offered in eu-west-1a; choose another type or other zones",
                "awsMachines: bastion: t4g.small is not offered in eu-west-1a; choose another type or other zones",
            ],
        },
        {
            title: "a type that a zone lacks, where a machine is in that zone",
            seen: { types: { ...seen.types, "t4g.medium": { ...type, zones: zones.slice(0, 2) } } },
            expected: [
                "awsMachines: control-plane: t4g.medium is not offered in eu-central-1c; choose another type or other zones",
            ],
        },
        {
            title: "a type on Xen for machines with etcd",
            seen: { types: { ...seen.types, "t4g.medium": { ...type, hypervisor: "xen" } } },
            expected: [
                "awsMachines: control-plane: t4g.medium runs on Xen, where the disk of etcd has no name to find it by; " +
                    "use one on Nitro, such as t3.medium",
            ],
        },
        {
            title: "a type that there is not",
            given: { awsMachines: { worker: { type: "m99g.large" } } },
            seen: {},
            expected: ["awsMachines: worker: m99g.large is not offered in eu-central-1; choose another type"],
        },
        {
            title: "a type of another architecture",
            given: { awsMachines: { worker: { type: "m7i.large" } } },
            seen: { types: { ...seen.types, "m7i.large": { ...type, architectures: ["x86_64"] } } },
            expected: ["awsMachines: worker: m7i.large has x86_64, and awsArchitecture is arm64; change one of them"],
        },
        {
            title: "a type of instances that join by themselves, where any zone lacks it, or with another architecture",
            given: {
                workerPools: { batch: { autoscaling }, gpu: { autoscaling }, none: { autoscaling } },
                awsMachines: { batch: { type: "m8g.large" }, gpu: { type: "g6.xlarge" }, none: { type: "m99g.large" } },
            },
            seen: {
                types: {
                    ...seen.types,
                    "m8g.large": { ...type, zones: zones.slice(0, 2) },
                    "g6.xlarge": { ...type, architectures: ["x86_64"] },
                },
            },
            expected: [
                "awsMachines: batch: m8g.large is not offered in eu-central-1c; choose another type or other zones",
                "awsMachines: gpu: g6.xlarge has x86_64, and awsArchitecture is arm64; change one of them",
                "awsMachines: none: m99g.large is not offered in eu-central-1; choose another type",
            ],
        },
        {
            title: "nothing, of vCPUs of instances that join by themselves, since nobody knows how many there will be",
            given: { workerPools: { batch: { autoscaling } } },
            seen: { vcpuQuota: 12 },
            expected: [],
        },
        {
            title: "a control plane that is too small",
            given: { awsMachines: { "control-plane": { type: "t4g.micro" } } },
            seen: { types: { ...seen.types, "t4g.micro": { ...type, vcpus: 1, memoryMebibytes: 1024 } } },
            expected: [
                "awsMachines: control-plane: t4g.micro has 1 vCPU and 1024 MiB; a control-plane needs 2 and 1700",
            ],
        },
        {
            title: "more vCPUs than the account may have",
            seen: { vcpuQuota: 10 },
            expected: [
                "the machines need 12 vCPUs, and this account may have 10 of standard instances in eu-central-1; " +
                    "ask AWS to raise the quota L-1216C47A, or use fewer or smaller machines",
            ],
        },
        {
            title: "nothing, of vCPUs of spot instances, which have another quota",
            given: { awsMachines: { worker: { spot: true } } },
            seen: { vcpuQuota: 8 },
            expected: [],
        },
        {
            title: "a VPC that overlaps the pods, and has no DNS",
            given: existing,
            seen: { vpc: { ...vpcSeen, cidr: "10.244.0.0/20", hasDns: false } },
            expected: [
                "podSubnet: 10.244.0.0/16 overlaps 10.244.0.0/20 of vpc-1a; choose subnets that are apart",
                "awsVpc: vpc-1a has DNS support or DNS host names off, and nodes need the name of the API server; turn them on",
            ],
        },
        {
            title: "subnets of another VPC or zone",
            given: { ...existing, awsVpc: { ...existing.awsVpc, publicSubnets: ["subnet-1b", "subnet-2b"] } },
            seen: {
                vpc: {
                    ...vpcSeen,
                    subnets: { ...vpcSeen.subnets, "subnet-2b": { vpcId: "vpc-2b", zone: zones[1] ?? "" } },
                },
            },
            expected: [
                "awsVpc: subnet-1b is in eu-central-1b, and its place in the list is that of eu-central-1a",
                "awsVpc: subnet-2b is no subnet of vpc-1a",
            ],
        },
    ];

    for (const { title, given, seen: changed, expected } of cases) {
        it(title, () => {
            const config = aws(given);

            assert.deepEqual(awsProblems(config, askedOf(config), { ...seen, ...changed }), expected);
        });
    }
});

describe("a look at AWS", () => {
    it("asks for what the configuration names", async () => {
        await mockPulumi({ results: awsResults() });
        const config = aws({ awsImage: "ubuntu-24.04" });

        const found = await lookAtAws(config, askedOf(config));

        assert.deepEqual(found, {
            region: "eu-central-1",
            zones,
            types: { "t4g.medium": type, "t4g.small": type },
            vcpuQuota: 64,
            image: "newest of /aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
        });
    });

    it("asks for the types of pools whose instances come and go too", async () => {
        await mockPulumi({ results: awsResults() });
        const config = aws({ workerPools: { batch: { autoscaling } }, awsMachines: { batch: { type: "m7g.large" } } });

        const { types } = await lookAtAws(config, askedOf(config));

        assert.deepEqual(Object.keys(types).sort(), ["m7g.large", "t4g.medium", "t4g.small"]);
    });

    it("takes an image by its id, and lacks the quota where it may not be read", async () => {
        const refused = () => {
            throw new Error("AccessDenied");
        };
        await mockPulumi({ results: awsResults({ "aws:servicequotas/getServiceQuota:getServiceQuota": refused }) });
        const config = aws({ awsImage: "ami-0a1b" });

        const { image, vcpuQuota } = await lookAtAws(config, askedOf(config));

        assert.deepEqual([image, vcpuQuota], ["ami-0a1b", undefined]);
    });

    it("does not ask what a type is that is offered nowhere", async () => {
        await mockPulumi({
            results: awsResults({
                "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({
                    instanceTypes: [],
                    locations: [],
                }),
            }),
        });
        const config = aws();

        assert.deepEqual((await lookAtAws(config, askedOf(config))).types, {});
    });
});

function aws(given: Record<string, unknown> = {}) {
    return configOf({ platform: "aws", awsZones: zones, awsAllowedCidrs: ["203.0.113.7/32"], ...given });
}

function askedOf(config: ReturnType<typeof aws>): AwsAsked {
    return { machines: [...nodeSpecs(config, {}), bastionSpec(config, {})], pools: poolSpecs(config) };
}
