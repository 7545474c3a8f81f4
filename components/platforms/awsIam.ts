import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { trustOfInstances } from "./awsPolicy";
import { named, type Tags } from "./awsTags";

/** Machines that have a role of their own. */
export type IamRole = "controlPlane" | "worker" | "etcd";

export interface AwsIamArgs {
    readonly roles: readonly IamRole[];
    readonly tags: Tags;
}

/**
 * A role for each kind of machine. Kubernetes by itself asks AWS for nothing, so they may do nothing; an addon that asks
 * gives its policy to the role of the machines that it runs on, and the others stay without.
 */
export class AwsIam extends pulumi.ComponentResource {
    private readonly made = new Map<IamRole, { role: iam.Role; profile: iam.InstanceProfile }>();

    constructor(name: string, { roles, tags }: AwsIamArgs, opts: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:AwsIam", name, {}, opts);
        for (const each of roles) {
            const label = each === "controlPlane" ? "control-plane" : each;
            const role = new iam.Role(
                `${name}-${label}`,
                { assumeRolePolicy: trustOfInstances, tags: named(tags, label) },
                { parent: this },
            );
            const profile = new iam.InstanceProfile(
                `${name}-${label}`,
                { role: role.name, tags: named(tags, label) },
                { parent: this },
            );
            this.made.set(each, { role, profile });
        }
        this.registerOutputs();
    }

    /** The name of a role, for a policy. */
    role(role: IamRole): pulumi.Output<string> {
        return this.find(role).role.name;
    }

    /** The name of the instance profile that gives a role to machines. */
    profile(role: IamRole): pulumi.Output<string> {
        return this.find(role).profile.name;
    }

    private find(role: IamRole): { role: iam.Role; profile: iam.InstanceProfile } {
        const found = this.made.get(role);
        if (found === undefined) {
            throw new pulumi.ResourceError(`this cluster has no role for ${role}`, this);
        }
        return found;
    }
}
