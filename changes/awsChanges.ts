import { bastionSpec, kindOfInstance, nodeSpecs } from "../components/platforms/awsPlan";
import { addonsOfKubelets, needsPublicSubnets } from "../config/aws";
import type { ClusterConfig } from "../config/clusterConfig";
import { poolOfName } from "../config/pools";
import { replacedNodes, type Replacements } from "./replacements";

/** What the rules of change need to know of a cluster on platform aws alone. */
export interface AwsFacts {
    readonly awsVpc?: string;
    readonly awsZones?: string;
    /** Subnets of a VPC that was there: those of machines, and those that the internet reaches where any are needed. */
    readonly awsPrivateSubnets?: string;
    readonly awsPublicSubnets?: string;
    readonly awsPublicEndpoint?: boolean;
    /** Those that set flags of kubelets. */
    readonly awsAddons?: string;
    /** GiB of the root volume of each machine. */
    readonly disks?: Readonly<Record<string, number>>;
}

type Machines = AwsFacts & Pick<Replacements, "generations" | "sizes">;

/** The facts of a cluster that is configured for platform aws. */
export function awsFacts(config: ClusterConfig): AwsFacts & Pick<Replacements, "sizes"> {
    const { awsVpc: vpc, awsZones, awsPublicEndpoint, awsBastion } = config;
    const machines = [...nodeSpecs(config, {}), ...(awsBastion === undefined ? [bastionSpec(config, {})] : [])];
    return {
        ...("id" in vpc
            ? {
                  awsVpc: vpc.id,
                  awsPrivateSubnets: vpc.privateSubnets.join(", "),
                  ...(needsPublicSubnets(config) ? { awsPublicSubnets: vpc.publicSubnets.join(", ") } : {}),
              }
            : { awsVpc: vpc.cidr }),
        awsZones: awsZones.join(", "),
        awsPublicEndpoint,
        sizes: Object.fromEntries(machines.map((machine) => [machine.name, kindOfInstance(machine)])),
        awsAddons: addonsOfKubelets(config).join(", ") || "none",
        disks: Object.fromEntries(machines.map(({ name, diskGibibytes }) => [name, diskGibibytes])),
    };
}

/** Why a cluster on platform aws must not become the one that is configured, each with the safe way. */
export function awsChangeRules(before: Machines, after: Machines): string[] {
    return [...subnetRules(before, after), ...diskRules(before, after)];
}

function subnetRules(before: AwsFacts, after: AwsFacts): string[] {
    // Of another VPC or other zones there is a refusal already.
    return before.awsVpc === after.awsVpc && before.awsZones === after.awsZones
        ? [
              ...subnetProblem("privateSubnets", before.awsPrivateSubnets, after.awsPrivateSubnets),
              ...subnetProblem("publicSubnets", before.awsPublicSubnets, after.awsPublicSubnets),
          ]
        : [];
}

/** In other subnets all machines would be others, outside all turns. Nothing is compared with subnets that were not needed. */
function subnetProblem(field: string, before: string | undefined, after: string | undefined): string[] {
    return before === undefined || after === undefined || before === after
        ? []
        : [
              `awsVpc: ${field}: ${before} cannot become ${after}, machines and load balancers are in them; ` +
                  "set them back, or make a second stack and move the workloads",
          ];
}

function diskRules(before: Machines, after: Machines): string[] {
    return changedDisks(before, after)
        .filter(({ from, to }) => to < from)
        .map(
            ({ pool, names, from, to }) =>
                `awsMachines: ${pool}: disk: ${from} GiB cannot become ${to}, the volumes of ${names.join(", ")} do not shrink; ` +
                "set it back, or put these names into replace in the same edit",
        );
}

/** What another size of disks means for the machines that stay. */
export function diskEffects(before: Machines, after: Machines): string[] {
    return changedDisks(before, after)
        .filter(({ from, to }) => to > from)
        .map(
            ({ names, to }) =>
                `${names.join(", ")}: its volume grows to ${to} GiB, and its file system when it boots next (awsMachines)`,
        );
}

interface ChangedDisk {
    readonly pool: string;
    /** Its machines, without those that others come in the place of, whose disks are new. */
    readonly names: readonly string[];
    /** GiB, as the next. */
    readonly from: number;
    readonly to: number;
}

function changedDisks(before: Machines, after: Machines): ChangedDisk[] {
    const { disks: from = {} } = before;
    const { disks: to = {} } = after;
    const replaced = replacedNodes(before, after);
    const names = Object.keys(to).filter((name) => name in from && from[name] !== to[name] && !replaced.includes(name));
    return [...new Set(names.map(poolOfName))].map((pool) => {
        const its = names.filter((name) => poolOfName(name) === pool);
        // Machines of a pool have the same disk.
        const [name = ""] = its;
        return { pool, names: its, from: from[name] ?? 0, to: to[name] ?? 0 };
    });
}
