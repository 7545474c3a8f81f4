import type { runtime } from "@pulumi/pulumi";
import { clusterOutputs } from "./clusterOutputs";

/** Zones of the region that the mock of AWS has. */
export const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];

/** A private key in OpenSSH's form that opens nothing. */
export function bastionKeyOf(cipher: string): string {
    const body = Buffer.from(`openssh-key-v1\0\0\0\0${String.fromCharCode(cipher.length)}${cipher}`).toString("base64");
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** Settings of a bastion that is there. */
export const existingBastion = {
    awsBastion: {
        host: "bastion.example.com",
        user: "ops",
        hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"a".repeat(43)}`,
        from: "sg-0b1",
    },
    awsBastionKey: bastionKeyOf("none"),
};

/** What AWS says of the VPC vpc-1a, in which any subnet is, in the zone of its last letter. */
export const anyVpc = {
    "aws:ec2/getVpc:getVpc": () => ({ cidrBlock: "10.9.0.0/16", enableDnsSupport: true, enableDnsHostnames: true }),
    "aws:ec2/getSubnet:getSubnet": ({ id }: Record<string, unknown>) => ({
        id,
        vpcId: "vpc-1a",
        availabilityZone: `eu-central-1${String(id).slice(-1)}`,
    }),
};

/** What AWS gives beside the inputs of a resource, for `mockPulumi`. */
export function awsOutputs(resource: runtime.MockResourceArgs): Record<string, unknown> {
    const { type, name, inputs } = resource as { type: string; name: string; inputs: Record<string, unknown> };
    switch (type) {
        case "pulumi:index:Stash":
            return { output: inputs["input"] };
        case "aws:ec2/instance:Instance":
            return { privateIp: `10.0.0.1 of ${name}` };
        case "aws:ec2/networkInterface:NetworkInterface":
            return { privateIp: `10.0.1.1 of ${name}` };
        case "aws:ec2/eip:Eip":
            return { publicIp: `198.51.100.1 of ${name}` };
        case "aws:lb/loadBalancer:LoadBalancer":
            return { arn: `arn of ${name}`, dnsName: `${name}.elb.example.com`, zoneId: `Z of ${name}` };
        case "aws:ec2/launchTemplate:LaunchTemplate":
            return { latestVersion: 1 };
        case "aws:ssm/parameter:Parameter":
            return { arn: `arn of ${name}` };
        case "aws:lb/targetGroup:TargetGroup":
            return { arn: `arn of targets ${name}` };
        case "aws:route53/zone:Zone":
            return { zoneId: `zone of ${name}` };
        case "aws:iam/role:Role":
        case "aws:iam/instanceProfile:InstanceProfile":
            return { name: `name of ${name}`, arn: `arn of ${name}` };
        default:
            return clusterOutputs(resource);
    }
}

/** What AWS answers when it is asked, for `mockPulumi`; other answers can be given for single functions. */
export function awsResults(
    answers: Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>> = {},
): (call: runtime.MockCallArgs) => Record<string, unknown> {
    const all = { ...defaults, ...answers };
    return ({ token, inputs }) => {
        const answer = all[token];
        if (answer === undefined) {
            throw new Error(`nobody answers ${token}`);
        }
        return answer(inputs as Record<string, unknown>);
    };
}

const defaults: Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>> = {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
        accountId: "111122223333",
        arn: "arn:aws:sts::111122223333:assumed-role/deployer/session",
    }),
    "aws:iam/getSessionContext:getSessionContext": () => ({ issuerArn: "arn:aws:iam::111122223333:role/deployer" }),
    "aws:iam/getPrincipalPolicySimulation:getPrincipalPolicySimulation": ({ actionNames }) => ({
        results: (actionNames as string[]).map((actionName) => ({ actionName, allowed: true, missingContextKeys: [] })),
    }),
    "aws:index/getRegion:getRegion": () => ({ region: "eu-central-1" }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ names: zones }),
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ filters }) => {
        const types = (filters as { values: string[] }[]).flatMap(({ values }) => values);
        const offers = types.flatMap((type) => zones.map((zone) => ({ type, zone })));
        return { instanceTypes: offers.map(({ type }) => type), locations: offers.map(({ zone }) => zone) };
    },
    "aws:ec2/getInstanceType:getInstanceType": ({ instanceType }) => ({
        defaultVcpus: 2,
        memorySize: 4096,
        hypervisor: "nitro",
        supportedArchitectures: [/^\w+g[a-z]*\./.test(String(instanceType)) ? "arm64" : "x86_64"],
    }),
    "aws:ec2/getAmi:getAmi": () => ({ rootDeviceName: "/dev/xvda" }),
    "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 64 }),
    "aws:ssm/getParameter:getParameter": ({ name }) => ({ value: `newest of ${String(name)}` }),
};
