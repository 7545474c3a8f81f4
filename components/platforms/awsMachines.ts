import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { type AwsMachineSpec, kindOfInstance } from "./awsPlan";
import { named, type Tags } from "./awsTags";
import { loginUser, userData, type UserDataArgs } from "./awsUserData";
import type { Connection, Machine } from "./platform";

/**
 * The metadata service of an instance. A pod is one hop further than its machine, so it never gets the machine's role. With
 * tags in the service no instance can have those of Kubernetes' controllers, which have a slash in their keys.
 */
export const metadataOptions = {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
    instanceMetadataTags: "disabled",
};

export interface AwsMachineArgs {
    readonly spec: AwsMachineSpec;
    /** Whether a member of etcd runs here, which has a volume to itself. */
    readonly hasEtcd: boolean;
    readonly subnetId: pulumi.Input<string>;
    readonly securityGroupId: pulumi.Input<string>;
    readonly instanceProfile?: pulumi.Input<string>;
    /** Id of the image that it is born with. */
    readonly image: string;
    readonly login: tls.PrivateKey;
    readonly region: string;
    readonly tags: Tags;
    /** The restore that the cluster's data began with; empty for none. Another one makes it anew. */
    readonly origin: string;
    /** Whether another machine in its place comes before this one goes. @default false */
    readonly surges?: boolean;
    /** Whether the one that replaces it has its address. @default false */
    readonly keepsAddress?: boolean;
    /** The machine over which SSH goes; none for one that the internet reaches. */
    readonly proxy?: Connection;
}

/** Size of the volume that etcd has to itself. Its data stays below 8 GiB; the rest is for a snapshot beside it. */
const etcdGibibytes = 20;
const volume = { volumeType: "gp3", encrypted: true, deleteOnTermination: true };

/** An EC2 instance that is used over SSH. */
export class AwsMachine extends pulumi.ComponentResource {
    readonly machine: Machine;
    readonly instance: ec2.Instance;

    constructor(name: string, args: AwsMachineArgs, opts: pulumi.ComponentResourceOptions) {
        const { spec, tags, login, surges = false } = args;
        super("kubeadm:platforms:AwsMachine", name, describe(args), opts);

        const hostKey = new tls.PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, { parent: this });
        // An image that comes out, and user data of another version of the program, are for the next machine.
        const dependsOn = opts.dependsOn ?? [];
        const deleteBeforeReplace = !surges;
        const born = { parent: this, dependsOn, deleteBeforeReplace, replacementTrigger: bornAs(args) };
        const image = new pulumi.Stash(`${name}-image`, { input: args.image }, born);
        const birth = new pulumi.Stash(`${name}-user-data`, { input: userDataOf(args, hostKey) }, born);
        const isControlPlane = spec.role === "control-plane";
        const kept = args.keepsAddress === true ? keptInterface(name, args, this) : undefined;
        this.instance = new ec2.Instance(
            name,
            {
                ami: asText(image),
                userData: pulumi.secret(asText(birth)),
                userDataReplaceOnChange: true,
                instanceType: spec.instanceType,
                ...(kept === undefined
                    ? { subnetId: args.subnetId, vpcSecurityGroupIds: [args.securityGroupId] }
                    : { primaryNetworkInterface: { networkInterfaceId: kept.id } }),
                ...(args.instanceProfile === undefined ? {} : { iamInstanceProfile: args.instanceProfile }),
                metadataOptions,
                rootBlockDevice: { ...volume, volumeSize: spec.diskGibibytes, tags: named(tags, spec.name) },
                ebsBlockDevices: args.hasEtcd
                    ? [
                          {
                              ...volume,
                              deviceName: "/dev/sdf",
                              volumeSize: etcdGibibytes,
                              tags: named(tags, `${spec.name} etcd`),
                          },
                      ]
                    : [],
                ...(spec.isSpot ? { instanceMarketOptions: { marketType: "spot" } } : {}),
                // Only the program ends a control plane: a click in the console does not.
                disableApiTermination: isControlPlane,
                forceDestroy: isControlPlane,
                tags: { ...named(tags, spec.name), ...(spec.role === "bastion" ? {} : tags.forControllers) },
            },
            {
                parent: this,
                dependsOn,
                deleteBeforeReplace,
                // EC2 would stop the machine for another type, all control planes at the same time.
                replaceOnChanges: ["instanceType"],
                // A refresh sees the volumes of pods here too; they would make it another machine.
                ignoreChanges: ["ebsBlockDevices"],
                // An instance that runs does not become a spot instance, nor does one cease to be.
                replacementTrigger: words(spec.isSpot ? "spot" : "", spec.generation, args.origin),
                additionalSecretOutputs: ["userData"],
            },
        );
        const address = (kept ?? this.instance).privateIp;
        this.machine = {
            name: spec.name,
            ...(spec.role === "control-plane" || spec.role === "worker"
                ? { nodeName: this.instance.id.apply((id) => nodeName(spec.name, id)) }
                : {}),
            surges,
            role: spec.role,
            pool: spec.pool,
            connection: connectionOf(address, login, hostKey, args.proxy),
            address,
            identity: this.instance.id,
            resource: this.instance,
            kubeletArgs: kubeletArgs(args, this.instance.id),
        };
        this.registerOutputs();
    }
}

/** The name of a node on an instance, so that two that have the same place one after the other can be nodes at once. */
export function nodeName(machine: string, instanceId: string): string {
    return `${machine}-i${instanceId.slice(-5)}`;
}

/** A network interface that outlives its instance: its address is known while the next instance is still to come. */
function keptInterface(
    name: string,
    { spec, subnetId, securityGroupId, tags }: AwsMachineArgs,
    parent: AwsMachine,
): ec2.NetworkInterface {
    return new ec2.NetworkInterface(
        name,
        { subnetId, securityGroups: [securityGroupId], tags: named(tags, spec.name) },
        { parent },
    );
}

/** What a preview shows of a machine. */
function describe({ spec, origin }: AwsMachineArgs): pulumi.Inputs {
    const { instanceType, zone, isSpot, diskGibibytes, generation } = spec;
    return {
        instanceType,
        zone,
        diskGibibytes,
        ...(isSpot ? { spot: true } : {}),
        ...(generation === 0 ? {} : { generation }),
        ...(origin === "" ? {} : { restore: origin }),
    };
}

/** The text that was first put into a stash; its type says any. */
function asText({ output }: pulumi.Stash): pulumi.Output<string> {
    return output as pulumi.Output<string>;
}

/** What another machine follows from. */
function bornAs({ spec, origin }: AwsMachineArgs): string {
    return words(kindOfInstance(spec), spec.zone, spec.generation, origin);
}

function words(...all: readonly (string | number)[]): string {
    return all.filter((word) => word !== "").join(" ");
}

function userDataOf({ spec, hasEtcd, login }: AwsMachineArgs, hostKey: tls.PrivateKey): pulumi.Output<string> {
    const plain: Pick<UserDataArgs, "name" | "kind" | "hasEtcdDisk"> = {
        name: spec.name,
        kind: spec.role === "bastion" ? "other" : "node",
        hasEtcdDisk: hasEtcd,
    };
    return pulumi.secret(
        pulumi
            .all([login.publicKeyOpenssh, hostKey.privateKeyOpenssh, hostKey.publicKeyOpenssh])
            .apply(([authorizedKey, privateKey, hostPublicKey]) =>
                userData({ ...plain, authorizedKey, hostKey: privateKey, hostPublicKey }),
            ),
    );
}

function connectionOf(
    host: pulumi.Output<string>,
    login: tls.PrivateKey,
    hostKey: tls.PrivateKey,
    proxy: Connection | undefined,
): Connection {
    return {
        host,
        user: loginUser,
        privateKey: login.privateKeyOpenssh,
        hostKey: hostKey.publicKeyOpenssh.apply((key) => key.trim()),
        // A machine boots within two minutes; each attempt takes up to 15 s.
        dialErrorLimit: 40,
        ...(proxy === undefined ? {} : { proxy }),
    };
}

/** What tells Kubernetes which instance a node is, and where. */
function kubeletArgs(
    { spec, region }: AwsMachineArgs,
    instance: pulumi.Output<string>,
): NonNullable<Machine["kubeletArgs"]> {
    const labels = {
        "node.kubernetes.io/instance-type": spec.instanceType,
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": spec.zone,
    };
    const nodeLabels = Object.entries(labels).map((label) => label.join("="));
    return instance.apply((id) => ({
        "node-labels": nodeLabels.join(","),
        "provider-id": `aws:///${spec.zone}/${id}`,
    }));
}
