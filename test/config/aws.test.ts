import assert from "node:assert/strict";
import { bastionKeyOf, existingBastion, zones } from "../support/awsOutputs";
import { configOf, problemsOf } from "../support/configOf";

const existingVpc = { id: "vpc-1a", privateSubnets: ["subnet-1a", "subnet-1b", "subnet-1c"] };
const withBastion = { awsVpc: existingVpc, awsAllowedCidrs: [], ...existingBastion };
const good = { platform: "aws", awsZones: zones, awsAllowedCidrs: ["203.0.113.7/32"] };

describe("the keys of platform aws", () => {
    const accepted: { title: string; given: Record<string, unknown> }[] = [
        { title: "zones and a network that may come in", given: {} },
        { title: "everybody, when it is said", given: { awsAllowedCidrs: ["0.0.0.0/0"] } },
        { title: "one zone for one control plane", given: { awsZones: zones.slice(0, 1), controlPlaneNodes: 1 } },
        { title: "a network of local machines that pods have on AWS", given: { podSubnet: "172.30.0.0/16" } },
        { title: "a bastion that is there, in a VPC without public subnets", given: withBastion },
        {
            title: "a bastion that comes from a network, with the comment of its key",
            given: {
                ...withBastion,
                awsBastion: {
                    ...existingBastion.awsBastion,
                    from: "10.9.0.7/32",
                    hostKey: `${existingBastion.awsBastion.hostKey} root@bastion`,
                },
            },
        },
        {
            title: "a key of a bastion in the format of before OpenSSH",
            given: { ...withBastion, awsBastionKey: "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n" },
        },
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
            expected: ['awsVpc: "cdir" is not known; a VPC has cidr, nat, id, privateSubnets, publicSubnets'],
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
            title: "a network or an addon that is given more than once",
            given: {
                awsAllowedCidrs: ["203.0.113.7/32", "198.51.100.0/24", "203.0.113.7/32", "203.0.113.7/32"],
                awsAddons: ["ecr", "ecr"],
            },
            expected: [
                "awsAllowedCidrs: 203.0.113.7/32 is given more than once; give it once",
                "awsAddons: ecr is given more than once; give it once",
            ],
        },
        {
            title: "a bastion that is not described",
            given: { ...withBastion, awsBastion: { host: "bastion.example.com", user: "admin" } },
            expected: [
                "awsBastion: it has no hostKey; a bastion has host, user, hostKey, from",
                "awsVpc: publicSubnets: 0 subnets are not one for each of 3 zones, in their order",
                "awsAllowedCidrs: nobody could reach the bastion; give your networks, for example [203.0.113.7/32]",
                "awsBastionKey: there is no awsBastion that it opens; give both, or none",
            ],
        },
        {
            title: "a field of a bastion that is not known",
            given: { awsBastion: { ...existingBastion.awsBastion, port: 2222 } },
            expected: ['awsBastion: "port" is not known; a bastion has host, user, hostKey, from'],
        },
        {
            title: "a bastion that is none",
            given: {
                ...withBastion,
                awsBastion: { host: "http://bastion", user: "Admin!", hostKey: "ssh-rsa AAAA", from: "sg" },
            },
            expected: [
                'awsBastion: host: "http://bastion" is neither a name nor an address; for example bastion.example.com',
                'awsBastion: user: "Admin!" is not the name of a user; for example admin',
                'awsBastion: hostKey: "ssh-rsa AAAA" is not an ed25519 host key; copy it from the bastion\'s ' +
                    "/etc/ssh/ssh_host_ed25519_key.pub",
                'awsBastion: from: "sg" is not an IPv4 CIDR; for example 10.0.0.10/32; ' +
                    "or give the bastion's security group, for example sg-0a1b2c3d",
            ],
        },
        {
            title: "everybody as a bastion",
            given: { ...withBastion, awsBastion: { ...existingBastion.awsBastion, from: "0.0.0.0/0" } },
            expected: [
                "awsBastion: from: 0.0.0.0/0 is everybody; give the bastion's security group, for example sg-0a1b2c3d",
            ],
        },
        {
            title: "a bastion that is there before its VPC, and settings of one that is made",
            given: { ...existingBastion, awsMachines: { bastion: { type: "t4g.large" } } },
            expected: [
                "awsBastion: it cannot reach a VPC that is to be made; give awsVpc the id and the subnets of its own",
                'awsMachines: "bastion" is no pool of this cluster; it has control-plane, worker, etcd',
            ],
        },
        {
            title: "a bastion without its key",
            given: { ...withBastion, awsBastionKey: "" },
            expected: [
                "awsBastionKey: the key that opens the bastion is missing; " +
                    "npm run pulumi -- config set --secret awsBastionKey < FILE",
            ],
        },
        {
            title: "a key that is none, without showing it",
            given: { ...withBastion, awsBastionKey: "~/.ssh/bastion" },
            expected: [
                "awsBastionKey: it is not a private key; npm run pulumi -- config set --secret awsBastionKey < FILE",
            ],
        },
        ...[
            bastionKeyOf("aes256-ctr"),
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4C\n-----END ENCRYPTED PRIVATE KEY-----",
        ].map((awsBastionKey, index) => ({
            title: `a key that asks for a passphrase, form ${index + 1}`,
            given: { ...withBastion, awsBastionKey },
            expected: [
                "awsBastionKey: it has a passphrase, which nobody is there to type; make a key without one for this cluster",
            ],
        })),
        {
            title: "a public endpoint that nobody may reach",
            given: {
                ...withBastion,
                awsVpc: { ...existingVpc, publicSubnets: ["subnet-2a", "subnet-2b", "subnet-2c"] },
                awsPublicEndpoint: true,
            },
            expected: [
                "awsAllowedCidrs: nobody could reach the public endpoint; give your networks, for example [203.0.113.7/32]",
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
