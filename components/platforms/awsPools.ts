import * as autoscaling from "@pulumi/aws/autoscaling";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import type { AutoscalingPool } from "../../config/pools";
import { handOverTokens } from "./awsJoinToken";
import { metadataOptions } from "./awsMachines";
import { policy, trustOfInstances } from "./awsPolicy";
import { named, type Tags } from "./awsTags";
import type { Machine, Platform } from "./platform";

/** A pool as it is to be. */
export interface AwsPoolSpec extends AutoscalingPool {
    readonly instanceType: string;
    readonly diskGibibytes: number;
    readonly isSpot: boolean;
}

export interface AwsPoolsArgs {
    readonly pools: readonly AwsPoolSpec[];
    readonly tags: Tags;
    /** One of each zone. */
    readonly subnetIds: readonly pulumi.Input<string>[];
    readonly securityGroupId: pulumi.Input<string>;
    /** What the configuration names, and the id that it stands for today. */
    readonly image: { readonly name: string; readonly id: string };
    /** Policies of addons by name, as JSON. */
    readonly policies: Readonly<Record<string, string>>;
    /** Name of the control planes' role. */
    readonly controlPlaneRole: pulumi.Input<string>;
    readonly controlPlanes: readonly Machine[];
}

/** What instances of pools are to AWS. */
interface Identity {
    readonly role: iam.Role;
    readonly profile: iam.InstanceProfile;
}

/** What a value of the parameter is before a control plane has handed a token over. */
const noToken = "none yet";

/**
 * Pools whose instances join by themselves: before there is a cluster, the parameter through which they get a token, and
 * who may do what with it; when there is one, the groups.
 */
export class AwsPools extends pulumi.ComponentResource {
    private readonly parameter: string;
    private readonly identity: Identity | undefined;

    constructor(
        name: string,
        private readonly args: AwsPoolsArgs,
        opts: pulumi.ComponentResourceOptions,
    ) {
        super("kubeadm:platforms:AwsPools", name, {}, opts);
        const { pools, tags } = args;
        this.parameter = `/pulumi-kubeadm/${tags.clusterName}/join-token`;
        this.identity = pools.length === 0 ? undefined : this.makeIdentity(name);
    }

    /** Makes the groups. Their instances are of the cluster's version, so they come when its nodes have it. */
    readonly join: NonNullable<Platform["makeSelfJoining"]> = (userDataOf, members) => {
        const { pools, tags, controlPlanes } = this.args;
        const { identity } = this;
        const parameter = identity === undefined ? undefined : this.parameter;
        const granted = identity === undefined ? [] : [identity.profile];
        for (const machine of controlPlanes) {
            handOverTokens(machine, parameter, { parent: this, dependsOn: [...members, ...granted] });
        }
        if (identity !== undefined) {
            for (const pool of pools) {
                const group = `${tags.clusterName}-${pool.name}`;
                const userData = userDataOf({ ...pool, parameter: this.parameter, group, hook });
                const template = this.makeTemplate(pool, userData, identity);
                this.makeHook(pool, this.makeGroup(pool, group, template, [...members]), identity);
            }
        }
        this.registerOutputs();
    };

    /** Control planes may write the parameter and not read it, instances of pools may read it and not write it. */
    private makeIdentity(name: string): Identity {
        const { tags, policies, controlPlaneRole } = this.args;
        const tagged = { tags: named(tags, "pools") };
        const parameter = new ssm.Parameter(
            `${name}-join-token`,
            {
                name: this.parameter,
                type: "SecureString",
                value: pulumi.secret(noToken),
                tags: named(tags, "join token"),
            },
            // Its value is the control planes' business.
            { parent: this, ignoreChanges: ["value"] },
        );
        const role = new iam.Role(name, { assumeRolePolicy: trustOfInstances, ...tagged }, { parent: this });
        const put = { role: controlPlaneRole, policy: allow("ssm:PutParameter", parameter.arn) };
        const get = { role: role.name, policy: allow("ssm:GetParameter", parameter.arn) };
        const granted = [
            new iam.RolePolicy(`${name}-put-join-token`, put, { parent: this }),
            new iam.RolePolicy(`${name}-get-join-token`, get, { parent: this }),
            ...Object.entries(policies).map(
                ([addon, text]) =>
                    new iam.RolePolicy(`${name}-${addon}`, { role: role.name, policy: text }, { parent: this }),
            ),
        ];
        const profile = new iam.InstanceProfile(
            name,
            { role: role.name, ...tagged },
            { parent: this, dependsOn: granted },
        );
        return { role, profile };
    }

    private makeGroup(
        pool: AwsPoolSpec,
        name: string,
        template: ec2.LaunchTemplate,
        dependsOn: pulumi.Resource[],
    ): autoscaling.Group {
        const { tags, subnetIds } = this.args;
        return new autoscaling.Group(
            pool.name,
            {
                name,
                minSize: pool.min,
                maxSize: pool.max,
                vpcZoneIdentifiers: [...subnetIds],
                launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
                healthCheckType: "EC2",
                capacityRebalance: pool.isSpot,
                defaultInstanceWarmup: warmupSeconds,
                // An update would wait for as many as it last knew of, which a scaler may have changed, and fail with a type
                // that AWS has none of now.
                waitForCapacityTimeout: "0",
                // New instances come first, and have joined before others go.
                instanceRefresh: {
                    strategy: "Rolling",
                    preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 100 + surge(pool) },
                },
                tags: Object.entries({
                    ...named(tags, pool.name),
                    ...tags.forControllers,
                    ...scalerTags(pool, tags),
                }).map(([key, value]) => ({ key, value, propagateAtLaunch: !key.startsWith(scaler) })),
            },
            { parent: this, dependsOn },
        );
    }

    /** Lets a group wait for each new instance, and its instances say that they have joined. */
    private makeHook({ name }: AwsPoolSpec, group: autoscaling.Group, { role }: Identity): void {
        new autoscaling.LifecycleHook(
            name,
            {
                name: hook,
                autoscalingGroupName: group.name,
                lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
                heartbeatTimeout: launchSeconds,
                defaultResult: "ABANDON",
            },
            { parent: this },
        );
        new iam.RolePolicy(
            `${name}-complete-launch`,
            { role: role.name, policy: allow("autoscaling:CompleteLifecycleAction", group.arn) },
            { parent: this },
        );
    }

    private makeTemplate(
        pool: AwsPoolSpec,
        userData: pulumi.Output<string>,
        { profile }: Identity,
    ): ec2.LaunchTemplate {
        const { tags, image, securityGroupId } = this.args;
        // A newer image by itself replaces no instance; it comes with the next change of what instances run. AWS is not asked
        // about the one that they run, which its publisher may have taken back.
        const birth = new pulumi.Stash(
            `${pool.name}-birth`,
            { input: { image: image.id, rootDevice: rootDevice(image.id) } },
            { parent: this, replacementTrigger: pulumi.all([image.name, pool.instanceType, userData]) },
        ).output as pulumi.Output<{ readonly image: string; readonly rootDevice: string }>;
        const instanceTags = { ...named(tags, pool.name), ...tags.forControllers };
        return new ec2.LaunchTemplate(
            pool.name,
            {
                imageId: birth.image,
                instanceType: pool.instanceType,
                userData,
                iamInstanceProfile: { arn: profile.arn },
                vpcSecurityGroupIds: [securityGroupId],
                metadataOptions,
                blockDeviceMappings: [
                    {
                        deviceName: birth.rootDevice,
                        ebs: {
                            volumeType: "gp3",
                            volumeSize: pool.diskGibibytes,
                            encrypted: "true",
                            deleteOnTermination: "true",
                        },
                    },
                ],
                ...(pool.isSpot ? { instanceMarketOptions: { marketType: "spot" } } : {}),
                tagSpecifications: [
                    { resourceType: "instance", tags: instanceTags },
                    { resourceType: "volume", tags: named(tags, pool.name) },
                ],
                tags: named(tags, pool.name),
            },
            { parent: this },
        );
    }
}

/** The hook by which a group waits until an instance has joined. */
const hook = "joined";

/** How long it waits before it ends the instance and starts another: longer than an attempt of self-join.sh may take. */
const launchSeconds = 3600;

/** From when an instance has joined until pods have begun to move there; before that AWS ends none in its place. */
const warmupSeconds = 120;

/** Where the tags of the cluster autoscaler begin. */
const scaler = "k8s.io/cluster-autoscaler/";

function allow(action: string, resource: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(resource).apply((arn) => policy([{ Effect: "Allow", Action: action, Resource: arn }]));
}

/** The device that an image boots from, which its publisher chose. An image of two years ago is deprecated by itself. */
function rootDevice(image: string): pulumi.Output<string> {
    const filters = [{ name: "image-id", values: [image] }];
    return ec2.getAmiOutput({ filters, includeDeprecated: true }).rootDeviceName;
}

/** How much of a pool may be there twice while it is renewed, in percent. */
function surge({ maxUnavailable, max }: AwsPoolSpec): number {
    return Math.min(100, Math.ceil((100 * maxUnavailable) / max));
}

/** What the cluster autoscaler needs to find a group, and to know its nodes while there are none. */
function scalerTags({ labels, taints }: AwsPoolSpec, { clusterName }: Tags): Record<string, string> {
    const template = `${scaler}node-template`;
    return {
        [`${scaler}enabled`]: "true",
        [`${scaler}${clusterName}`]: "owned",
        ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${template}/label/${key}`, value])),
        ...Object.fromEntries(
            taints.map((taint) => {
                const [keyAndValue = "", effect = ""] = taint.split(":");
                const [key = "", value = ""] = keyAndValue.split("=");
                return [`${template}/taint/${key}`, `${value}:${effect}`];
            }),
        ),
    };
}
