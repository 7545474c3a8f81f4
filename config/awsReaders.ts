import { mapOf, mapWith, oneOf, type Reader, text, textList, trueOrFalse, wholeNumber } from "./readers";

/** The network of a VPC that is made, where none is given; also the example of one. */
export const vpcExample = "10.0.0.0/16";

/** A VPC that is made for the cluster. */
export interface OwnVpc {
    /** @default 10.0.0.0/16 */
    readonly cidr: string;
    /** Whether each zone has a NAT gateway of its own. @default zonal */
    readonly nat: "zonal" | "single";
}

/** A VPC that is there. Its private subnets have a way out, and its DNS is on. */
export interface ExistingVpc {
    readonly id: string;
    /** One for each zone of awsZones, in their order, as the other. */
    readonly privateSubnets: readonly string[];
    readonly publicSubnets: readonly string[];
}

/** The network of platform aws. */
export type AwsVpc = OwnVpc | ExistingVpc;

/** What the EC2 instances of a pool have in common. */
export interface AwsMachineSettings {
    /** @default small ones of the architecture */
    readonly type?: string;
    /** GiB of the root volume. @default 40 */
    readonly disk?: number;
    /** Whether they are spot instances. @default false */
    readonly spot: boolean;
}

/** AWS' cloud controller manager, the kubelet's way into Amazon's registries, and volumes of EBS. */
export type AwsAddon = "cloud-controller" | "ecr" | "ebs-csi";

/** A VPC that is to be made, or one that is there. */
export const awsVpc: Reader<AwsVpc> = (value) => {
    const fields = ["cidr", "nat", "id", "privateSubnets", "publicSubnets"];
    const { cidr, nat, id, privateSubnets, publicSubnets } = mapWith("a VPC has", fields, value);
    if (id === undefined) {
        if (privateSubnets !== undefined || publicSubnets !== undefined) {
            throw new Error("subnets are those of a VPC that is there; give its id, or leave them out");
        }
        return {
            cidr: cidr === undefined ? vpcExample : text(cidr),
            nat: nat === undefined ? "zonal" : oneOf(["zonal", "single"])(nat),
        };
    }
    if (cidr !== undefined || nat !== undefined) {
        throw new Error("cidr and nat are for a VPC that is to be made; leave them out, or id");
    }
    return {
        id: text(id),
        privateSubnets: privateSubnets === undefined ? [] : textList(privateSubnets),
        publicSubnets: publicSubnets === undefined ? [] : textList(publicSubnets),
    };
};

/** Machines by the name of their pool. */
export const awsMachines: Reader<Record<string, AwsMachineSettings>> = mapOf((value) => {
    const { type, disk, spot } = mapWith("machines of a pool have", ["type", "disk", "spot"], value);
    return {
        ...(type === undefined ? {} : { type: text(type) }),
        ...(disk === undefined ? {} : { disk: wholeNumber(disk) }),
        spot: spot === undefined ? false : trueOrFalse(text(spot)),
    };
});
