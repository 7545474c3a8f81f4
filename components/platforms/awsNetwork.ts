import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { AwsVpc, ExistingVpc, OwnVpc } from "../../config/awsReaders";
import { planSubnets, type ZoneSubnets } from "./awsPlan";
import { named, type Tags } from "./awsTags";

export interface AwsNetworkArgs {
    readonly vpc: AwsVpc;
    readonly zones: readonly string[];
    readonly tags: Tags;
}

/** Ids of the subnets of a zone. */
interface Subnets {
    readonly private: pulumi.Output<string>;
    readonly public: pulumi.Output<string>;
}

/** A VPC with a private and a public subnet in each zone: its own, or one that is there already. */
export class AwsNetwork extends pulumi.ComponentResource {
    readonly vpcId: pulumi.Output<string>;
    private readonly byZone: ReadonlyMap<string, Subnets>;

    constructor(name: string, args: AwsNetworkArgs, opts: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:AwsNetwork", name, { zones: args.zones }, opts);
        const { vpc, zones } = args;
        if ("id" in vpc) {
            this.vpcId = pulumi.output(vpc.id);
            this.byZone = new Map(zones.map((zone, index) => [zone, existingSubnets(vpc, index)]));
        } else {
            const own = { cidrBlock: vpc.cidr, enableDnsSupport: true, enableDnsHostnames: true };
            this.vpcId = new ec2.Vpc(name, { ...own, tags: named(args.tags, "vpc") }, { parent: this }).id;
            this.byZone = this.makeSubnets(name, vpc, args);
        }
        this.registerOutputs();
    }

    /** The subnet of a zone where machines are. */
    privateSubnet(zone: string): pulumi.Output<string> {
        return this.subnets(zone).private;
    }

    /** The subnet of a zone that the internet reaches. */
    publicSubnet(zone: string): pulumi.Output<string> {
        return this.subnets(zone).public;
    }

    private subnets(zone: string): Subnets {
        const found = this.byZone.get(zone);
        if (found === undefined) {
            throw new pulumi.ResourceError(`this network has no subnets in ${zone}`, this);
        }
        return found;
    }

    private makeSubnets(name: string, vpc: OwnVpc, args: AwsNetworkArgs): ReadonlyMap<string, Subnets> {
        const { tags, zones } = args;
        const parent = { parent: this };
        const gateway = new ec2.InternetGateway(
            `${name}-internet`,
            { vpcId: this.vpcId, tags: named(tags, "internet") },
            parent,
        );
        const publicRoutes = this.routes(`${name}-public`, "public", args, { gatewayId: gateway.id });
        let nat: ec2.NatGateway | undefined;
        return new Map(
            planSubnets(vpc.cidr, zones).map((plan) => {
                const { zone } = plan;
                const publicSubnet = this.subnet(`${name}-public-${zone}`, "public", plan, args);
                const association = new ec2.RouteTableAssociation(
                    `${name}-public-${zone}`,
                    { subnetId: publicSubnet.id, routeTableId: publicRoutes.id },
                    parent,
                );
                if (nat === undefined || vpc.nat === "zonal") {
                    const address = new ec2.Eip(
                        `${name}-nat-${zone}`,
                        { domain: "vpc", tags: named(tags, `nat ${zone}`) },
                        parent,
                    );
                    nat = new ec2.NatGateway(
                        `${name}-nat-${zone}`,
                        { allocationId: address.id, subnetId: publicSubnet.id, tags: named(tags, `nat ${zone}`) },
                        { parent: this, dependsOn: [gateway, association] },
                    );
                }
                const privateSubnet = this.subnet(`${name}-private-${zone}`, "private", plan, args);
                const privateRoutes = this.routes(`${name}-private-${zone}`, `private ${zone}`, args, {
                    natGatewayId: nat.id,
                });
                new ec2.RouteTableAssociation(
                    `${name}-private-${zone}`,
                    { subnetId: privateSubnet.id, routeTableId: privateRoutes.id },
                    parent,
                );
                return [zone, { private: privateSubnet.id, public: publicSubnet.id }];
            }),
        );
    }

    private subnet(name: string, side: "private" | "public", plan: ZoneSubnets, { tags }: AwsNetworkArgs): ec2.Subnet {
        // Controllers that make load balancers for Services look for these.
        const role = side === "public" ? "kubernetes.io/role/elb" : "kubernetes.io/role/internal-elb";
        return new ec2.Subnet(
            name,
            {
                vpcId: this.vpcId,
                availabilityZone: plan.zone,
                cidrBlock: side === "public" ? plan.publicCidr : plan.privateCidr,
                tags: { ...named(tags, `${side} ${plan.zone}`), ...tags.forControllers, [role]: "1" },
            },
            { parent: this },
        );
    }

    private routes(
        name: string,
        label: string,
        { tags }: AwsNetworkArgs,
        wayOut: { gatewayId: pulumi.Input<string> } | { natGatewayId: pulumi.Input<string> },
    ): ec2.RouteTable {
        const table = new ec2.RouteTable(name, { vpcId: this.vpcId, tags: named(tags, label) }, { parent: this });
        const everywhere = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0" };
        new ec2.Route(name, { ...everywhere, ...wayOut }, { parent: this });
        return table;
    }
}

function existingSubnets(vpc: ExistingVpc, index: number): Subnets {
    // The configuration has one of each for each zone.
    return {
        private: pulumi.output(vpc.privateSubnets[index] ?? ""),
        public: pulumi.output(vpc.publicSubnets[index] ?? ""),
    };
}
