import * as lb from "@pulumi/aws/lb";
import * as pulumi from "@pulumi/pulumi";
import { apiServerPort } from "../ports";
import { named, type Tags } from "./awsTags";
import type { Machine } from "./platform";

export interface AwsLoadBalancerArgs {
    readonly vpcId: pulumi.Input<string>;
    /** One in each zone. */
    readonly subnetIds: readonly pulumi.Input<string>[];
    readonly securityGroupId: pulumi.Input<string>;
    /** Whether only the VPC reaches it. */
    readonly isInternal: boolean;
    readonly controlPlanes: readonly Machine[];
    readonly tags: Tags;
}

/** A Network Load Balancer in front of the API servers; TLS passes through. */
export class AwsLoadBalancer extends pulumi.ComponentResource {
    readonly dnsName: pulumi.Output<string>;
    readonly zoneId: pulumi.Output<string>;
    readonly listener: lb.Listener;

    constructor(name: string, args: AwsLoadBalancerArgs, opts: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:AwsLoadBalancer", name, { internal: args.isInternal }, opts);
        const tags = named(args.tags, args.isInternal ? "api" : "api public");
        const balancer = new lb.LoadBalancer(
            name,
            {
                loadBalancerType: "network",
                internal: args.isInternal,
                subnets: [...args.subnetIds],
                // Only a balancer that was made with one can ever have one.
                securityGroups: [args.securityGroupId],
                // Each zone has at most one of a few control planes.
                enableCrossZoneLoadBalancing: true,
                tags,
            },
            { parent: this },
        );
        const targets = new lb.TargetGroup(
            name,
            {
                vpcId: args.vpcId,
                protocol: "TCP",
                port: apiServerPort,
                targetType: "instance",
                // A control plane that is sent its own connection would take it for one of its own, and drop it.
                preserveClientIp: "false",
                deregistrationDelay: 30,
                connectionTermination: true,
                // An API server that starts, ends or lost etcd accepts connections, and is not ready.
                healthCheck: {
                    protocol: "HTTPS",
                    path: "/readyz",
                    port: String(apiServerPort),
                    matcher: "200",
                    interval: 5,
                    timeout: 4,
                    healthyThreshold: 2,
                    unhealthyThreshold: 2,
                },
                tags,
            },
            { parent: this },
        );
        this.listener = new lb.Listener(
            name,
            {
                loadBalancerArn: balancer.arn,
                protocol: "TCP",
                port: apiServerPort,
                defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
                // A kubectl that waits quietly keeps its connection.
                tcpIdleTimeoutSeconds: 6000,
                tags,
            },
            { parent: this },
        );
        // All are there from the start, and go with their machine: the health check decides who gets connections.
        for (const { name: machine, identity, surges } of args.controlPlanes) {
            new lb.TargetGroupAttachment(
                `${name}-${machine}`,
                { targetGroupArn: targets.arn, targetId: identity, port: apiServerPort },
                { parent: this, deleteBeforeReplace: surges !== true },
            );
        }
        this.dnsName = balancer.dnsName;
        this.zoneId = balancer.zoneId;
        this.registerOutputs();
    }
}
