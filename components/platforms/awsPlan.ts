import type { AwsMachineSettings } from "../../config/awsReaders";
import type { ClusterConfig } from "../../config/clusterConfig";
import type { Architecture } from "../software";
import { etcdNames } from "../../config/etcd";
import { autoscalingPools, poolsOf } from "../../config/pools";
import { addressAt, parseSubnet, size } from "../subnet";
import type { AwsPoolSpec } from "./awsPools";
import type { Role } from "./platform";

/** Where machines and load balancers of a zone are. */
export interface ZoneSubnets {
    readonly zone: string;
    /** Of machines; its way out is a NAT gateway. */
    readonly privateCidr: string;
    /** Of the bastion, NAT gateways and load balancers that the internet reaches. */
    readonly publicCidr: string;
}

/** Zones that a network has room for. */
export const zoneLimit = 3;
/** Addresses that AWS keeps of each subnet. */
const keptAddresses = 5;

/**
 * The subnets of a VPC: a quarter of it for the machines of each zone, and for the public side of each zone a quarter of
 * the last quarter. Another zone at the end moves no subnet.
 */
export function planSubnets(vpcCidr: string, zones: readonly string[]): ZoneSubnets[] {
    const vpc = parseSubnet(vpcCidr);
    const quarter = size(vpc) / 4;
    return zones.map((zone, index) => ({
        zone,
        privateCidr: `${addressAt(vpc, quarter * index)}/${vpc.prefix + 2}`,
        publicCidr: `${addressAt(vpc, quarter * zoneLimit + (quarter / 4) * index)}/${vpc.prefix + 4}`,
    }));
}

/** How many machines a zone of a VPC has addresses for. */
export function zoneRoom(vpcCidr: string): number {
    return size(parseSubnet(vpcCidr)) / 4 - keptAddresses;
}

/**
 * The zone of a machine, by the number at the end of its name: machines of a pool go round all zones, so control planes
 * are spread evenly, and a machine never moves because another one came or went.
 */
export function zoneOf(machine: string, zones: readonly string[]): string {
    const number = Number(/-([1-9]\d*)$/.exec(machine)?.[1]);
    const zone = zones[(number - 1) % zones.length];
    if (zone === undefined) {
        throw new Error(`${machine} has no number that says its zone`);
    }
    return zone;
}

/** A machine as it is to be. */
export interface AwsMachineSpec {
    readonly name: string;
    readonly role: Role;
    /** Name of the pool that it belongs to. */
    readonly pool: string;
    readonly zone: string;
    readonly instanceType: string;
    readonly diskGibibytes: number;
    readonly isSpot: boolean;
    /** How often it was asked to be another machine; another number makes it anew. */
    readonly generation: number;
}

/** What a machine has from its birth to its end: its type, and whether it is a spot instance. */
export function kindOfInstance({ instanceType, isSpot }: Pick<AwsMachineSpec, "instanceType" | "isSpot">): string {
    return isSpot ? `${instanceType} spot` : instanceType;
}

const defaultDisk = 40;
const smallTypes: Readonly<Record<Architecture, { node: string; other: string }>> = {
    // Admin steps of many nodes run on the bastion at once, each with a kubectl.
    arm64: { node: "t4g.medium", other: "t4g.small" },
    amd64: { node: "t3.medium", other: "t3.small" },
};

/** The machines of a configured cluster that become members of external etcd or nodes. */
export function nodeSpecs(config: ClusterConfig, generations: Readonly<Record<string, number>>): AwsMachineSpec[] {
    const etcd = { name: "etcd", role: "etcd", nodes: etcdNames(config) } as const;
    return [etcd, ...poolsOf(config)].flatMap(({ name: pool, role, nodes }) =>
        nodes.map((name) => specOf(config, { name, role, pool, zone: zoneOf(name, config.awsZones), generations })),
    );
}

/** The pools of a configured cluster whose instances come and go. */
export function poolSpecs(config: ClusterConfig): AwsPoolSpec[] {
    return autoscalingPools(config).map((pool) => {
        const { name } = pool;
        const machine = specOf(config, { name, role: "worker", pool: name, zone: "", generations: {} });
        const { instanceType, diskGibibytes, isSpot } = machine;
        return { ...pool, instanceType, diskGibibytes, isSpot };
    });
}

/** The machine that SSH comes in through, in the first zone. */
export function bastionSpec(config: ClusterConfig, generations: Readonly<Record<string, number>>): AwsMachineSpec {
    const [zone = ""] = config.awsZones;
    return specOf(config, { name: "bastion", role: "bastion", pool: "bastion", zone, generations });
}

function specOf(
    { awsArchitecture, awsMachines }: ClusterConfig,
    {
        generations,
        ...place
    }: Pick<AwsMachineSpec, "name" | "role" | "pool" | "zone"> & {
        readonly generations: Readonly<Record<string, number>>;
    },
): AwsMachineSpec {
    const own: AwsMachineSettings | undefined = awsMachines[place.pool];
    const small = smallTypes[awsArchitecture];
    return {
        ...place,
        instanceType: own?.type ?? (place.role === "bastion" || place.role === "etcd" ? small.other : small.node),
        diskGibibytes: own?.disk ?? (place.role === "bastion" ? 16 : defaultDisk),
        isSpot: own?.spot ?? false,
        generation: generations[place.name] ?? 0,
    };
}
