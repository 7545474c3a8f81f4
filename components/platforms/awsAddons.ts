import * as iam from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsAddon } from "../../config/awsReaders";
import { cloudControllerKubeletArgs, cloudControllerManifest, cloudControllerPolicy } from "./awsCloudController";
import { ebsManifest, ebsPolicy } from "./awsEbs";
import type { EbsArgs } from "./awsEbsPods";
import { ecrCredentialProvider, ecrPolicy } from "./awsEcr";
import type { AwsIam } from "./awsIam";
import type { Platform } from "./platform";

/** What the chosen addons mean for the cluster, and for what its machines may ask AWS. */
export interface AwsAddons
    extends Required<Pick<Platform, "kubeletArgs" | "addons">>, Pick<Platform, "credentialProvider"> {
    /** Policies by name: of control planes alone, and of all nodes. */
    readonly controlPlanePolicies: Readonly<Record<string, string>>;
    readonly nodePolicies: Readonly<Record<string, string>>;
}

export function awsAddons(names: readonly AwsAddon[], args: EbsArgs): AwsAddons {
    const { clusterName } = args;
    const hasController = names.includes("cloud-controller");
    const hasEcr = names.includes("ecr");
    const hasEbs = names.includes("ebs-csi");
    return {
        kubeletArgs: hasController ? cloudControllerKubeletArgs : {},
        addons: {
            ...(hasController ? { "aws-cloud-controller": cloudControllerManifest(clusterName) } : {}),
            ...(hasEbs ? { "aws-ebs-csi": ebsManifest(args) } : {}),
        },
        ...(hasEcr ? { credentialProvider: ecrCredentialProvider } : {}),
        controlPlanePolicies: {
            ...(hasController ? { "cloud-controller": cloudControllerPolicy } : {}),
            ...(hasEbs ? { "ebs-csi": ebsPolicy(clusterName) } : {}),
        },
        nodePolicies: hasEcr ? { ecr: ecrPolicy } : {},
    };
}

/** Lets the machines with names do what the addons need. */
export function grant(
    name: string,
    { controlPlanePolicies, nodePolicies }: AwsAddons,
    roles: AwsIam,
    opts: pulumi.CustomResourceOptions,
): void {
    const wanted = [
        ["control-plane", roles.role("controlPlane"), { ...controlPlanePolicies, ...nodePolicies }],
        ["worker", roles.role("worker"), nodePolicies],
    ] as const;
    for (const [label, role, policies] of wanted) {
        for (const [addon, policy] of Object.entries(policies)) {
            new iam.RolePolicy(`${name}-${label}-${addon}`, { role, policy }, opts);
        }
    }
}
