import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { throwAll } from "../../config";
import type { ClusterConfig } from "../../config/clusterConfig";
import { apiServerPort } from "../ports";
import { type AwsAddons, awsAddons, grant } from "./awsAddons";
import { AwsBastion } from "./awsBastion";
import { AwsDns } from "./awsDns";
import { existingBastion } from "./awsExistingBastion";
import { AwsIam, type IamRole } from "./awsIam";
import { AwsLoadBalancer } from "./awsLoadBalancer";
import { AwsMachine } from "./awsMachines";
import { AwsNetwork } from "./awsNetwork";
import { type AwsMachineSpec, bastionSpec, nodeSpecs, poolSpecs } from "./awsPlan";
import { AwsPools } from "./awsPools";
import { lookAtPermissions, permissionProblems, uncheckedPermissions } from "./awsPermissions";
import { awsProblems, lookAtAws } from "./awsPreflight";
import { AwsSecurityGroups, type Group } from "./awsSecurityGroups";
import { tagsOf } from "./awsTags";
import type { MachineRecords } from "./createPlatform";
import { type CredentialProvider, type Endpoint, knownHosts, type Machine, type Platform } from "./platform";

export interface AwsPlatformArgs {
    readonly config: ClusterConfig;
    readonly nodes: readonly AwsMachineSpec[];
    /** The bastion that is to be made; none when the configuration names one that is there. */
    readonly bastion: AwsMachineSpec | undefined;
    /** `host:port` for the nodes. */
    readonly controlPlaneEndpoint: string;
    readonly region: string;
    /** Id of the image that new machines get. */
    readonly image: string;
    /** The restore that the cluster's data began with; empty for none. Another one makes all nodes anew. */
    readonly origin: string;
    /** Whether another machine of a node comes before the one that it replaces goes. */
    readonly surges: boolean;
    /** What its nodes are made after. */
    readonly data: pulumi.Resource;
}

/** Group and role of a machine that becomes a node. */
const kindOf = { "control-plane": "controlPlane", worker: "worker", etcd: "etcd" } as const satisfies Partial<
    Record<Machine["role"], Group & IamRole>
>;

/** Machines that are EC2 instances, in private subnets behind a Network Load Balancer. */
export class AwsPlatform extends pulumi.ComponentResource implements Platform {
    readonly machines: readonly Machine[];
    readonly endpoint: pulumi.Output<Endpoint>;
    readonly wayToEndpoint: readonly pulumi.Resource[];
    readonly admin: Machine;
    readonly loginKey: pulumi.Output<string>;
    readonly adminKey?: pulumi.Output<string>;
    readonly knownHosts: pulumi.Output<string>;
    readonly kubelet = {};
    readonly kubeProxy = {};
    // Two health checks, 5 s apart, have failed by then, and the load balancer has acted on it.
    readonly apiServerExtraArgs = { "shutdown-delay-duration": "20s" };
    readonly kubeletArgs: AwsAddons["kubeletArgs"];
    readonly credentialProvider?: CredentialProvider;
    readonly addons: AwsAddons["addons"];
    readonly makeSelfJoining: NonNullable<Platform["makeSelfJoining"]>;
    /** What machines of other kinds are made with. */
    readonly network: AwsNetwork;
    readonly securityGroups: AwsSecurityGroups;
    readonly iam: AwsIam;

    constructor(name: string, args: AwsPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:Aws", name, {}, opts);
        const { config, nodes, image, region } = args;
        const { awsZones: zones, awsPublicEndpoint: isPublic } = config;
        const parent = { parent: this };
        const tags = tagsOf(config.clusterName);
        const etcd = nodes.some(({ role }) => role === "etcd") ? "external" : "stacked";

        this.network = new AwsNetwork(`${name}-network`, { vpc: config.awsVpc, zones, tags }, parent);
        const { vpcId } = this.network;
        this.securityGroups = new AwsSecurityGroups(
            `${name}-allow`,
            {
                vpcId,
                etcd,
                cni: config.cni,
                isPublic,
                ...(config.awsBastion === undefined ? {} : { bastion: config.awsBastion.from }),
                allowedCidrs: config.awsAllowedCidrs,
                tags,
            },
            parent,
        );
        const roles: readonly IamRole[] = [
            "controlPlane",
            "worker",
            ...(etcd === "external" ? (["etcd"] as const) : []),
        ];
        this.iam = new AwsIam(name, { roles, tags }, parent);
        const addons = awsAddons(config.awsAddons, {
            clusterName: config.clusterName,
            region,
            controlPlanes: config.controlPlaneNodes,
        });
        grant(name, addons, this.iam, parent);
        this.kubeletArgs = addons.kubeletArgs;
        if (addons.credentialProvider !== undefined) {
            this.credentialProvider = addons.credentialProvider;
        }
        this.addons = addons.addons;

        const login = new tls.PrivateKey(`${name}-login`, { algorithm: "ED25519" }, parent);
        const onNetwork = [this.network, this.securityGroups];
        const common = { image, login, region, tags };
        // A bastion that is not fit to be one is found out before there are machines.
        const claimed: pulumi.Resource[] = [];
        if (args.bastion === undefined) {
            this.adminKey = pulumi.secret(config.awsBastionKey ?? "");
            const { machine, claim } = existingBastion(`${name}-bastion`, config, this.adminKey, parent);
            this.admin = machine;
            claimed.push(claim);
        } else {
            this.admin = new AwsBastion(
                `${name}-bastion`,
                {
                    ...common,
                    spec: args.bastion,
                    hasEtcd: false,
                    origin: "",
                    subnetId: this.network.publicSubnet(args.bastion.zone),
                    securityGroupId: this.securityGroups.id("bastion"),
                },
                { parent: this, dependsOn: onNetwork },
            ).machine;
        }
        this.machines = nodes.map((spec) => {
            const kind = spec.role === "control-plane" || spec.role === "etcd" ? kindOf[spec.role] : kindOf.worker;
            const place = {
                subnetId: this.network.privateSubnet(spec.zone),
                securityGroupId: this.securityGroups.id(kind),
                instanceProfile: this.iam.profile(kind),
                proxy: this.admin.connection,
            };
            return new AwsMachine(
                `${name}-${spec.name}`,
                {
                    ...common,
                    ...place,
                    spec,
                    hasEtcd: kind === "etcd" || (kind === "controlPlane" && etcd === "stacked"),
                    origin: args.origin,
                    // The address of a member of external etcd is what the others know it by. If it came with the instance,
                    // no member could join before the instances of all others were there, which wait for it to join.
                    keepsAddress: kind === "etcd",
                    surges: args.surges && kind !== "etcd",
                },
                { parent: this, dependsOn: [...onNetwork, ...claimed, args.data] },
            ).machine;
        });

        this.makeSelfJoining = new AwsPools(
            `${name}-pools`,
            {
                pools: poolSpecs(config),
                tags,
                subnetIds: zones.map((zone) => this.network.privateSubnet(zone)),
                securityGroupId: this.securityGroups.id("worker"),
                image: { name: config.awsImage, id: image },
                policies: addons.nodePolicies,
                controlPlaneRole: this.iam.role("controlPlane"),
                controlPlanes: this.machines.filter(({ role }) => role === "control-plane"),
            },
            parent,
        ).join;

        const balancer = this.balancer(`${name}-api`, "internal", args);
        const publicBalancer = isPublic ? this.balancer(`${name}-api-public`, "public", args) : undefined;
        const host = args.controlPlaneEndpoint.replace(/:\d+$/, "");
        const dns = new AwsDns(`${name}-dns`, { host, vpcId, target: balancer, tags }, parent);
        this.endpoint = pulumi.output({
            forNodes: args.controlPlaneEndpoint,
            forOperator:
                publicBalancer === undefined
                    ? `127.0.0.1:${config.localApiPort}`
                    : pulumi.interpolate`${publicBalancer.dnsName}:${apiServerPort}`,
        });
        this.wayToEndpoint = [balancer.listener, dns.record];
        this.loginKey = pulumi.secret(login.privateKeyOpenssh);
        this.knownHosts = knownHosts([this.admin, ...this.machines]);
        this.registerOutputs();
    }

    private balancer(name: string, side: "internal" | "public", { config }: AwsPlatformArgs): AwsLoadBalancer {
        const isInternal = side === "internal";
        return new AwsLoadBalancer(
            name,
            {
                vpcId: this.network.vpcId,
                subnetIds: config.awsZones.map((zone) =>
                    isInternal ? this.network.privateSubnet(zone) : this.network.publicSubnet(zone),
                ),
                securityGroupId: this.securityGroups.id(isInternal ? "loadBalancer" : "publicLoadBalancer"),
                isInternal,
                controlPlanes: this.machines.filter(({ role }) => role === "control-plane"),
                tags: tagsOf(config.clusterName),
            },
            // A balancer that the internet reaches needs the way there first.
            { parent: this, dependsOn: this.network },
        );
    }
}

/** The machines of a configured cluster on AWS. Throws one error with all that AWS cannot give. */
export async function createAwsPlatform(
    config: ClusterConfig,
    controlPlaneEndpoint: string,
    { generations, restore, exists = false, isRestored = false }: Omit<MachineRecords, "hosts">,
    data: pulumi.Resource,
): Promise<AwsPlatform> {
    const nodes = nodeSpecs(config, generations);
    const bastion = config.awsBastion === undefined ? bastionSpec(config, generations) : undefined;
    const asked = { machines: bastion === undefined ? nodes : [...nodes, bastion], pools: poolSpecs(config) };
    const [seen, permissions] = await Promise.all([lookAtAws(config, asked), lookAtPermissions(config)]);
    const missing = permissionProblems(permissions);
    const unchecked = uncheckedPermissions(permissions);
    if (unchecked !== undefined) {
        await pulumi.log.info(unchecked);
    }
    // Who looks after a cluster may be allowed less than who makes one.
    await Promise.all((exists ? missing : []).map((problem) => pulumi.log.warn(problem)));
    throwAll(`what Pulumi.${pulumi.getStack()}.yaml asks of AWS`, [
        ...awsProblems(config, asked, seen),
        ...(exists ? [] : missing),
    ]);
    return new AwsPlatform("machines", {
        config,
        nodes,
        bastion,
        controlPlaneEndpoint,
        region: seen.region,
        image: seen.image,
        origin: restore.origin,
        // The cluster that a restore gives up must not answer at the endpoint of the one that it begins.
        surges: !isRestored,
        data,
    });
}
