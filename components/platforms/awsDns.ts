import * as route53 from "@pulumi/aws/route53";
import * as pulumi from "@pulumi/pulumi";
import type { AwsLoadBalancer } from "./awsLoadBalancer";
import { named, type Tags } from "./awsTags";

export interface AwsDnsArgs {
    /** Host of controlPlaneEndpoint. */
    readonly host: string;
    readonly vpcId: pulumi.Input<string>;
    readonly target: AwsLoadBalancer;
    readonly tags: Tags;
}

/**
 * The name of the API server inside the VPC. It is a zone of its own, so it hides no other name of its domain; and being
 * the cluster's own name, it outlives the load balancer that it leads to.
 */
export class AwsDns extends pulumi.ComponentResource {
    readonly record: route53.Record;

    constructor(name: string, { host, vpcId, target, tags }: AwsDnsArgs, opts: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:AwsDns", name, { host }, opts);
        const zone = new route53.Zone(
            name,
            { name: host, vpcs: [{ vpcId }], comment: "Kubernetes API", forceDestroy: false, tags: named(tags, "api") },
            { parent: this },
        );
        this.record = new route53.Record(
            name,
            {
                zoneId: zone.zoneId,
                name: host,
                type: "A",
                aliases: [{ name: target.dnsName, zoneId: target.zoneId, evaluateTargetHealth: false }],
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}
