import { systems } from "../components/platforms/awsImages";
import { zoneLimit, zoneRoom } from "../components/platforms/awsPlan";
import { overlap, parseSubnet } from "../components/subnet";
import { awsBastionRules } from "./awsBastion";
import { vpcExample } from "./awsReaders";
import type { ClusterConfig } from "./clusterConfig";
import { etcdNames } from "./etcd";
import { didYouMean, repeated } from "./names";
import { cidrProblem } from "./network";
import { autoscalingPools, poolsOf } from "./pools";

const everybody = "0.0.0.0/0";
/** A root volume holds the system, images of containers and logs. */
const smallestDisk = 16;

/** Addons that set flags of every kubelet, which it has from its first start. */
export function addonsOfKubelets({ awsAddons }: ClusterConfig): string[] {
    return awsAddons.filter((addon) => addon !== "ebs-csi").sort();
}

/** Whether a cluster has what is in public subnets: only what the internet reaches is. */
export function needsPublicSubnets({ awsBastion, awsPublicEndpoint }: ClusterConfig): boolean {
    return awsBastion === undefined || awsPublicEndpoint;
}

/** What platform aws needs to know; nothing on another platform. */
export function awsRules(config: ClusterConfig): string[] {
    return config.platform === "aws"
        ? [
              ...zoneRules(config),
              ...vpcRules(config),
              ...accessRules(config),
              ...awsBastionRules(config),
              ...machineRules(config),
              ...imageRules(config),
              ...repeatedIn("awsAddons", config.awsAddons),
          ]
        : [];
}

function zoneRules({ awsZones: zones, controlPlaneNodes }: ClusterConfig): string[] {
    const example = "for example [eu-central-1a, eu-central-1b, eu-central-1c]";
    const malformed = zones.filter((zone) => !/^[a-z]{2}(-[a-z0-9]+)+[a-z]$/.test(zone));
    if (malformed.length > 0) {
        return malformed.map((zone) => `awsZones: "${zone}" is not the name of a zone; ${example}`);
    }
    if (new Set(zones).size < zones.length) {
        return [`awsZones: ${zones.join(", ")} has a zone twice`];
    }
    if (zones.length > zoneLimit) {
        return [`awsZones: ${zones.length} zones are too many; use 2 or 3`];
    }
    return zones.length >= 2 || (zones.length === 1 && controlPlaneNodes === 1)
        ? []
        : [
              zones.length === 0
                  ? `awsZones: platform aws needs the zones of its machines, 2 or 3; ${example}`
                  : `awsZones: with one zone, ${controlPlaneNodes} control planes end with it; use 2 or 3`,
          ];
}

function vpcRules(config: ClusterConfig): string[] {
    const { awsVpc: vpc, awsZones: zones } = config;
    if ("id" in vpc) {
        return [
            ...(/^vpc-[0-9a-f]+$/.test(vpc.id)
                ? []
                : [`awsVpc: id: "${vpc.id}" is not the id of a VPC; for example vpc-0a1b2c3d`]),
            ...subnetListRules("privateSubnets", vpc.privateSubnets, zones),
            ...(needsPublicSubnets(config) || vpc.publicSubnets.length > 0
                ? subnetListRules("publicSubnets", vpc.publicSubnets, zones)
                : []),
        ];
    }
    const problem = cidrProblem(vpc.cidr, vpcExample);
    if (problem !== undefined) {
        return [`awsVpc: cidr: ${problem}`];
    }
    const { prefix } = parseSubnet(vpc.cidr);
    if (prefix < 16 || prefix > 24) {
        return [`awsVpc: cidr: ${vpc.cidr} is a /${prefix}; use a /16 to a /24`];
    }
    const named = poolsOf(config).reduce((sum, pool) => sum + pool.nodes.length, etcdNames(config).length);
    const count = autoscalingPools(config).reduce((sum, { max }) => sum + max, named);
    const inZone = Math.ceil(count / Math.max(zones.length, 1));
    const room = zoneRoom(vpc.cidr);
    return [
        ...(inZone > room
            ? [`awsVpc: cidr: ${vpc.cidr} has room for ${room} machines in a zone, not for ${inZone}; use a larger one`]
            : []),
        ...overlaps(config, vpc.cidr),
    ];
}

function overlaps(config: ClusterConfig, cidr: string): string[] {
    return (["podSubnet", "serviceSubnet"] as const)
        .filter((key) => cidrProblem(config[key], vpcExample) === undefined)
        .filter((key) => overlap(parseSubnet(cidr), parseSubnet(config[key])))
        .map((key) => `awsVpc: cidr: ${cidr} overlaps ${key} ${config[key]}; choose subnets that are apart`);
}

function subnetListRules(key: string, subnets: readonly string[], zones: readonly string[]): string[] {
    const malformed = subnets.filter((subnet) => !/^subnet-[0-9a-f]+$/.test(subnet));
    return [
        ...malformed.map(
            (subnet) => `awsVpc: ${key}: "${subnet}" is not the id of a subnet; for example subnet-0a1b2c3d`,
        ),
        ...(subnets.length === zones.length
            ? []
            : [
                  `awsVpc: ${key}: ${subnets.length} subnets are not one for each of ${zones.length} zones, in their order`,
              ]),
    ];
}

function accessRules(config: ClusterConfig): string[] {
    const { awsAllowedCidrs: cidrs, awsBastion, awsPublicEndpoint, controlPlaneEndpoint: endpoint } = config;
    const doors = [
        ...(awsBastion === undefined ? ["the bastion"] : []),
        ...(awsPublicEndpoint ? ["the public endpoint"] : []),
    ];
    return [
        ...(cidrs.length === 0 && doors.length > 0
            ? [
                  `awsAllowedCidrs: nobody could reach ${doors.join(" and ")}; give your networks, for example [203.0.113.7/32]`,
              ]
            : []),
        ...cidrs
            .filter((cidr) => cidr !== everybody && cidrProblem(cidr, "203.0.113.7/32") !== undefined)
            .map((cidr) => `awsAllowedCidrs: ${cidrProblem(cidr, "203.0.113.7/32") ?? ""}`),
        ...repeatedIn("awsAllowedCidrs", cidrs),
        ...(endpoint !== undefined && (/^[\d.]+:/.test(endpoint) || !endpoint.endsWith(":6443"))
            ? [
                  `controlPlaneEndpoint: "${endpoint}" cannot be that of a Network Load Balancer; ` +
                      "use a name and port 6443, for example api.prod.example.com:6443",
              ]
            : []),
    ];
}

function repeatedIn(key: string, values: readonly string[]): string[] {
    return repeated(values).map((value) => `${key}: ${value} is given more than once; give it once`);
}

function machineRules(config: ClusterConfig): string[] {
    const pools = [...poolsOf(config), ...autoscalingPools(config).map(({ name }) => ({ name, role: "worker" }))];
    const known = [...pools.map(({ name }) => name), "etcd", ...(config.awsBastion === undefined ? ["bastion"] : [])];
    return Object.entries(config.awsMachines).flatMap(([name, { type, disk, spot }]) => {
        if (!known.includes(name)) {
            const hint = didYouMean(name, known, `it has ${known.join(", ")}`);
            return [`awsMachines: "${name}" is no pool of this cluster; ${hint}`];
        }
        return [
            ...(type === undefined || /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type)
                ? []
                : [`awsMachines: ${name}: type: "${type}" is not a type of instance; for example m7g.large`]),
            ...(disk === undefined || disk >= smallestDisk
                ? []
                : [`awsMachines: ${name}: disk: ${disk} GiB is too small; use ${smallestDisk} or more`]),
            ...(spot && pools.find((pool) => pool.name === name)?.role !== "worker"
                ? [
                      `awsMachines: ${name}: spot: AWS may end these machines at any time; only pools of workers can be spot`,
                  ]
                : []),
        ];
    });
}

function imageRules({ awsImage: image }: ClusterConfig): string[] {
    return systems.includes(image) || /^ami-[0-9a-f]+$/.test(image)
        ? []
        : [
              `awsImage: "${image}" is not known; use ${systems.join(", ")} or the id of an image, for example ami-0a1b2c3d`,
          ];
}
