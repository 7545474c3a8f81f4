import { bastionSpec, kindOfInstance, nodeSpecs } from "./components/platforms/awsPlan";
import { addonsOfKubelets, type ClusterConfig } from "./config";
import { needsPublicSubnets } from "./config/aws";
import type { Replacements } from "./replacements";

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
}

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
    };
}

/** Why a cluster on platform aws must not become the one that is configured, each with the safe way. */
export function awsChangeRules(before: AwsFacts, after: AwsFacts): string[] {
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
