import type { runtime } from "@pulumi/pulumi";
import { clusterOutputs } from "./clusterOutputs";

/** Zones of the region that the mock of AWS has. */
export const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];

/** What AWS gives beside the inputs of a resource, for `mockPulumi`. */
export function awsOutputs(resource: runtime.MockResourceArgs): Record<string, unknown> {
    const { type, name, inputs } = resource as { type: string; name: string; inputs: Record<string, unknown> };
    switch (type) {
        case "pulumi:index:Stash":
            return { output: inputs["input"] };
        case "aws:ec2/instance:Instance":
            return { privateIp: `10.0.0.1 of ${name}` };
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
        supportedArchitectures: [/^\w+g[a-z]*\./.test(String(instanceType)) ? "arm64" : "x86_64"],
    }),
    "aws:ec2/getAmi:getAmi": () => ({ rootDeviceName: "/dev/xvda" }),
    "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 64 }),
    "aws:ssm/getParameter:getParameter": ({ name }) => ({ value: `newest of ${String(name)}` }),
};
