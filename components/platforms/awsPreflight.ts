import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { getRegion } from "@pulumi/aws/getRegion";
import * as ec2 from "@pulumi/aws/ec2";
import * as servicequotas from "@pulumi/aws/servicequotas";
import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterConfig } from "../../config/clusterConfig";
import { messageOf } from "../../config/readers";
import { overlap, parseSubnet } from "../subnet";
import { imageParameter } from "./awsImages";
import type { AwsMachineSpec } from "./awsPlan";
import type { AwsPoolSpec } from "./awsPools";

/** What AWS says of a type of instance. */
export interface TypeSeen {
    readonly vcpus: number;
    readonly memoryMebibytes: number;
    /** As AWS names them: arm64, x86_64. */
    readonly architectures: readonly string[];
    /** nitro, xen, or nothing for a machine without one. */
    readonly hypervisor: string;
    /** Zones that have it. */
    readonly zones: readonly string[];
}

/** What AWS says of a VPC that is there. */
export interface VpcSeen {
    readonly cidr: string;
    readonly hasDns: boolean;
    readonly subnets: Readonly<Record<string, { readonly vpcId: string; readonly zone: string }>>;
}

/** What AWS has for a cluster, before anything is made. */
export interface AwsSeen {
    readonly region: string;
    /** Zones of the region that can be used. */
    readonly zones: readonly string[];
    readonly types: Readonly<Record<string, TypeSeen>>;
    /** vCPUs that standard instances of this account may have here; nothing when that could not be asked. */
    readonly vcpuQuota?: number;
    /** The VPC of the configuration, when it names one. */
    readonly vpc?: VpcSeen;
    /** Id of the image that a new machine gets. */
    readonly image: string;
}

/** Types that AWS counts as standard; all others have quotas of their own. */
const standardType = /^[acdhimrtz]\d/;
const standardQuota = { serviceCode: "ec2", quotaCode: "L-1216C47A" };
const needs = {
    "control-plane": { vcpus: 2, memoryMebibytes: 1700 },
    worker: { vcpus: 1, memoryMebibytes: 900 },
} as const;

/** What a cluster asks of AWS. */
export interface AwsAsked {
    readonly machines: readonly AwsMachineSpec[];
    /** Pools whose instances come and go, in any zone; how many there will be nobody knows. */
    readonly pools: readonly AwsPoolSpec[];
}

/** Asks AWS what it has for a cluster. Changes nothing. */
export async function lookAtAws(config: ClusterConfig, { machines, pools }: AwsAsked): Promise<AwsSeen> {
    const [region, zones, types, quota, vpc, image] = await Promise.all([
        getRegion({}),
        getAvailabilityZones({ state: "available" }),
        lookAtTypes([...new Set([...machines, ...pools].map(({ instanceType }) => instanceType))]),
        lookAtQuota(),
        lookAtVpc(config),
        newestImage(config),
    ]);
    return {
        region: region.region,
        zones: zones.names,
        types,
        image,
        ...(quota === undefined ? {} : { vcpuQuota: quota }),
        ...(vpc === undefined ? {} : { vpc }),
    };
}

async function lookAtTypes(names: readonly string[]): Promise<Record<string, TypeSeen>> {
    const { instanceTypes, locations } = await ec2.getInstanceTypeOfferings({
        locationType: "availability-zone",
        filters: [{ name: "instance-type", values: [...names] }],
    });
    // Type and zone of an offer stand at the same place of the two lists.
    const zonesOf = (name: string) => locations.filter((_, index) => instanceTypes[index] === name);
    const offered = names.filter((name) => instanceTypes.includes(name));
    const entries = offered.map(async (instanceType): Promise<[string, TypeSeen]> => {
        const seen = await ec2.getInstanceType({ instanceType });
        return [
            instanceType,
            {
                vcpus: seen.defaultVcpus,
                memoryMebibytes: seen.memorySize,
                architectures: seen.supportedArchitectures,
                hypervisor: seen.hypervisor,
                zones: zonesOf(instanceType),
            },
        ];
    });
    return Object.fromEntries(await Promise.all(entries));
}

/** The quota is a help; who may not read it can still make a cluster. */
async function lookAtQuota(): Promise<number | undefined> {
    try {
        return (await servicequotas.getServiceQuota(standardQuota)).value;
    } catch (error) {
        await pulumi.log.info(`the quota of instances is not checked: ${messageOf(error)}`);
        return undefined;
    }
}

async function lookAtVpc({ awsVpc: vpc }: ClusterConfig): Promise<VpcSeen | undefined> {
    if (!("id" in vpc)) {
        return undefined;
    }
    const ids = [...vpc.privateSubnets, ...vpc.publicSubnets];
    const [seen, subnets] = await Promise.all([
        ec2.getVpc({ id: vpc.id }),
        Promise.all(ids.map((id) => ec2.getSubnet({ id }))),
    ]);
    return {
        cidr: seen.cidrBlock,
        hasDns: seen.enableDnsSupport && seen.enableDnsHostnames,
        subnets: Object.fromEntries(subnets.map(({ id, vpcId, availabilityZone: zone }) => [id, { vpcId, zone }])),
    };
}

async function newestImage({ awsImage, awsArchitecture }: ClusterConfig): Promise<string> {
    const name = imageParameter(awsImage, awsArchitecture);
    return name === undefined ? awsImage : (await ssm.getParameter({ name })).value;
}

/** Why AWS cannot give what a configuration asks for. */
export function awsProblems(config: ClusterConfig, asked: AwsAsked, seen: AwsSeen): string[] {
    return [
        ...config.awsZones
            .filter((zone) => !seen.zones.includes(zone))
            .map((zone) => `awsZones: ${zone} is no zone of ${seen.region}; it has ${seen.zones.join(", ")}`),
        ...typeProblems(config, placesOf(config, asked), seen),
        ...quotaProblems(asked.machines, seen),
        ...vpcProblems(config, seen),
    ];
}

/** Where machines of a pool are, or may come to be. */
type Place = Pick<AwsMachineSpec, "pool" | "role" | "instanceType" | "zone">;

function placesOf({ awsZones }: ClusterConfig, { machines, pools }: AwsAsked): Place[] {
    const anywhere = pools.flatMap(({ name: pool, instanceType }) =>
        awsZones.map((zone): Place => ({ pool, role: "worker", instanceType, zone })),
    );
    return [...machines, ...anywhere];
}

function typeProblems({ awsArchitecture, awsZones }: ClusterConfig, places: readonly Place[], seen: AwsSeen): string[] {
    const architecture = awsArchitecture === "amd64" ? "x86_64" : "arm64";
    const pools = [...new Map(places.map((place) => [place.pool, place])).values()];
    return pools.flatMap(({ pool, role, instanceType }) => {
        const key = `awsMachines: ${pool}: ${instanceType}`;
        const type = seen.types[instanceType];
        if (type === undefined) {
            return [`${key} is not offered in ${seen.region}; choose another type`];
        }
        const used = new Set(places.filter((place) => place.pool === pool).map(({ zone }) => zone));
        const without = awsZones.filter((zone) => used.has(zone) && !type.zones.includes(zone));
        const need = role === "control-plane" ? needs["control-plane"] : needs.worker;
        return [
            ...(without.length > 0
                ? [`${key} is not offered in ${without.join(", ")}; choose another type or other zones`]
                : []),
            ...(type.architectures.includes(architecture)
                ? []
                : [
                      `${key} has ${type.architectures.join(", ")}, and awsArchitecture is ${awsArchitecture}; change one of them`,
                  ]),
            ...(type.hypervisor === "xen" && ["control-plane", "etcd"].includes(role)
                ? [
                      `${key} runs on Xen, where the disk of etcd has no name to find it by; use one on Nitro, such as t3.medium`,
                  ]
                : []),
            ...(type.vcpus < need.vcpus || type.memoryMebibytes < need.memoryMebibytes
                ? [
                      `${key} has ${type.vcpus} vCPU and ${type.memoryMebibytes} MiB; ` +
                          `a ${role} needs ${need.vcpus} and ${need.memoryMebibytes}`,
                  ]
                : []),
        ];
    });
}

function quotaProblems(specs: readonly AwsMachineSpec[], { types, vcpuQuota, region }: AwsSeen): string[] {
    const counted = specs.filter(({ isSpot, instanceType }) => !isSpot && standardType.test(instanceType));
    const needed = counted.reduce((sum, { instanceType }) => sum + (types[instanceType]?.vcpus ?? 0), 0);
    return vcpuQuota !== undefined && needed > vcpuQuota
        ? [
              `the machines need ${needed} vCPUs, and this account may have ${vcpuQuota} of standard instances in ${region}; ` +
                  `ask AWS to raise the quota ${standardQuota.quotaCode}, or use fewer or smaller machines`,
          ]
        : [];
}

function vpcProblems(
    { awsVpc: vpc, awsZones, podSubnet, serviceSubnet }: ClusterConfig,
    { vpc: seen }: AwsSeen,
): string[] {
    if (!("id" in vpc) || seen === undefined) {
        return [];
    }
    const subnets = [vpc.privateSubnets, vpc.publicSubnets].flatMap((list) =>
        list.map((id, index) => ({ id, wanted: awsZones[index] ?? "", found: seen.subnets[id] })),
    );
    return [
        ...Object.entries({ podSubnet, serviceSubnet })
            .filter(([, cidr]) => overlap(parseSubnet(cidr), parseSubnet(seen.cidr)))
            .map(([key, cidr]) => `${key}: ${cidr} overlaps ${seen.cidr} of ${vpc.id}; choose subnets that are apart`),
        ...(seen.hasDns
            ? []
            : [
                  `awsVpc: ${vpc.id} has DNS support or DNS host names off, and nodes need the name of the API server; turn them on`,
              ]),
        ...subnets.flatMap(({ id, wanted, found }) => {
            if (found?.vpcId !== vpc.id) {
                return [`awsVpc: ${id} is no subnet of ${vpc.id}`];
            }
            return found.zone === wanted
                ? []
                : [`awsVpc: ${id} is in ${found.zone}, and its place in the list is that of ${wanted}`];
        }),
    ];
}
