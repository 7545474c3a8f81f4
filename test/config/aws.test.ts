import assert from "node:assert/strict";
import { zones } from "../support/awsOutputs";
import { configOf, problemsOf } from "../support/configOf";

const good = { platform: "aws", awsZones: zones, awsAllowedCidrs: ["203.0.113.7/32"] };

describe("the keys of platform aws", () => {
    const accepted: { title: string; given: Record<string, unknown> }[] = [
        { title: "zones and a network that may come in", given: {} },
        { title: "everybody, when it is said", given: { awsAllowedCidrs: ["0.0.0.0/0"] } },
        { title: "one zone for one control plane", given: { awsZones: zones.slice(0, 1), controlPlaneNodes: 1 } },
        { title: "a network of local machines that pods have on AWS", given: { podSubnet: "172.30.0.0/16" } },
        { title: "a name of one's own", given: { controlPlaneEndpoint: "api.prod.example.com" } },
    ];

    for (const { title, given } of accepted) {
        it(`accept ${title}`, () => {
            assert.deepEqual(problemsOf({ ...good, ...given }), []);
        });
    }

    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "no zones and nobody who may come in",
            given: { awsZones: [], awsAllowedCidrs: [] },
            expected: [
                "awsZones: platform aws needs the zones of its machines, 2 or 3; for example [eu-central-1a, eu-central-1b, eu-central-1c]",
                "awsAllowedCidrs: nobody could reach the bastion; give your networks, for example [203.0.113.7/32]",
            ],
        },
        {
            title: "a region instead of a zone",
            given: { awsZones: ["eu-central-1"] },
            expected: [
                'awsZones: "eu-central-1" is not the name of a zone; for example [eu-central-1a, eu-central-1b, eu-central-1c]',
            ],
        },
        {
            title: "a zone that is there twice",
            given: { awsZones: ["eu-central-1a", "eu-central-1a"] },
            expected: ["awsZones: eu-central-1a, eu-central-1a has a zone twice"],
        },
        {
            title: "four zones",
            given: { awsZones: [...zones, "eu-central-1d"] },
            expected: ["awsZones: 4 zones are too many; use 2 or 3"],
        },
        {
            title: "all control planes in one zone",
            given: { awsZones: zones.slice(0, 1) },
            expected: ["awsZones: with one zone, 3 control planes end with it; use 2 or 3"],
        },
        {
            title: "a VPC that overlaps pods and Services",
            given: { awsVpc: { cidr: "10.96.0.0/16" }, podSubnet: "10.96.0.0/18", serviceSubnet: "10.200.0.0/16" },
            expected: ["awsVpc: cidr: 10.96.0.0/16 overlaps podSubnet 10.96.0.0/18; choose subnets that are apart"],
        },
        {
            title: "a VPC that is too small, or no network",
            given: { awsVpc: { cidr: "10.0.0.0/25" } },
            expected: ["awsVpc: cidr: 10.0.0.0/25 is a /25; use a /16 to a /24"],
        },
        {
            title: "a VPC without room for its machines",
            given: { awsVpc: { cidr: "10.0.0.0/24" }, workerNodes: 200 },
            expected: ["awsVpc: cidr: 10.0.0.0/24 has room for 59 machines in a zone, not for 68; use a larger one"],
        },
        {
            title: "a VPC that is no CIDR",
            given: { awsVpc: { cidr: "10.0.0.0" } },
            expected: ['awsVpc: cidr: "10.0.0.0" is not an IPv4 CIDR; for example 10.0.0.0/16'],
        },
        {
            title: "a VPC that is made and is there",
            given: { awsVpc: { id: "vpc-1a", cidr: "10.0.0.0/16" } },
            expected: ["awsVpc: cidr and nat are for a VPC that is to be made; leave them out, or id"],
        },
        {
            title: "subnets without their VPC",
            given: { awsVpc: { privateSubnets: ["subnet-1a"] } },
            expected: ["awsVpc: subnets are those of a VPC that is there; give its id, or leave them out"],
        },
        {
            title: "a field of a VPC that is not known",
            given: { awsVpc: { cdir: "10.0.0.0/16" } },
            expected: ['awsVpc: "cdir" is not known; a VPC has cidr and nat, or id, privateSubnets and publicSubnets'],
        },
        {
            title: "a VPC without a subnet for each zone",
            given: { awsVpc: { id: "my-vpc", privateSubnets: ["subnet-1a", "b", "subnet-1c"], publicSubnets: [] } },
            expected: [
                'awsVpc: id: "my-vpc" is not the id of a VPC; for example vpc-0a1b2c3d',
                'awsVpc: privateSubnets: "b" is not the id of a subnet; for example subnet-0a1b2c3d',
                "awsVpc: publicSubnets: 0 subnets are not one for each of 3 zones, in their order",
            ],
        },
        {
            title: "a network that is none",
            given: { awsAllowedCidrs: ["203.0.113.7", "203.0.113.7/24"] },
            expected: [
                'awsAllowedCidrs: "203.0.113.7" is not an IPv4 CIDR; for example 203.0.113.7/32',
                'awsAllowedCidrs: "203.0.113.7/24" is not the first address of its network; write 203.0.113.0/24',
            ],
        },
        {
            title: "an endpoint that no Network Load Balancer has",
            given: { controlPlaneEndpoint: "192.0.2.1:6443" },
            expected: [
                'controlPlaneEndpoint: "192.0.2.1:6443" cannot be that of a Network Load Balancer; ' +
                    "use a name and port 6443, for example api.prod.example.com:6443",
            ],
        },
        {
            title: "machines of a pool that there is not",
            given: { awsMachines: { wroker: { type: "m7g.large" } } },
            expected: ['awsMachines: "wroker" is no pool of this cluster; did you mean worker?'],
        },
        {
            title: "machines that are none",
            given: { awsMachines: { worker: { type: "large", disk: 8 } } },
            expected: [
                'awsMachines: worker: type: "large" is not a type of instance; for example m7g.large',
                "awsMachines: worker: disk: 8 GiB is too small; use 16 or more",
            ],
        },
        {
            title: "control planes that AWS may end at any time",
            given: { awsMachines: { "control-plane": { spot: true } } },
            expected: [
                "awsMachines: control-plane: spot: AWS may end these machines at any time; only pools of workers can be spot",
            ],
        },
        {
            title: "an image that is not known",
            given: { awsImage: "fedora" },
            expected: [
                'awsImage: "fedora" is not known; use debian-13, ubuntu-24.04 or the id of an image, for example ami-0a1b2c3d',
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`refuse ${title}`, () => {
            assert.deepEqual(problemsOf({ ...good, ...given }), expected);
        });
    }

    it("mean nothing on another platform", () => {
        assert.deepEqual(problemsOf({ awsZones: ["mars"] }), []);
    });

    it("have defaults, and nodes on cgroup v1 are refused", () => {
        const { awsVpc, awsMachines, allowCgroupV1 } = configOf({ ...good, awsMachines: { worker: { disk: 100 } } });

        assert.deepEqual(awsVpc, { cidr: "10.0.0.0/16", nat: "zonal" });
        assert.deepEqual(awsMachines, { worker: { disk: 100, spot: false } });
        assert.equal(allowCgroupV1, false);
    });
});
