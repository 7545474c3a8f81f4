import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getRegion } from "@pulumi/aws/getRegion";
import * as iam from "@pulumi/aws/iam";
import type { ClusterConfig } from "../../config/clusterConfig";
import { messageOf } from "../../config/readers";
import { autoscalingPools } from "../../config/pools";

/** What the resources of one type need to be made and taken away. */
export interface Permissions {
    /** The type, as previews name it. */
    readonly type: string;
    /** One that it could be, as an ARN after the partition: with REGION, ACCOUNT and CLUSTER in it. */
    readonly example: string;
    readonly actions: readonly string[];
}

/** Whether the caller may do what a cluster needs. */
export type PermissionsSeen =
    | {
          readonly caller: string;
          /** What no policy of the caller allows, or one denies. */
          readonly refused: readonly Permissions[];
          /** Actions that depend on what only AWS knows of a request, and on what. */
          readonly unclear: { readonly actions: readonly string[]; readonly keys: readonly string[] };
      }
    | { readonly unknown: string };

/** What the resources of a configured cluster need; what only reads is left to the provider, which names it. */
export function permissionsOf(config: ClusterConfig): Permissions[] {
    const ownVpc = "cidr" in config.awsVpc;
    const ownBastion = config.awsBastion === undefined;
    const hasPools = autoscalingPools(config).length > 0;
    const hasPolicies = hasPools || config.awsAddons.length > 0;
    return [
        ec2(
            "instance",
            "instance/i-0123456789abcdef0",
            "RunInstances TerminateInstances ModifyInstanceAttribute CreateTags",
        ),
        ec2(
            "securityGroup",
            "security-group/sg-0123456789abcdef0",
            "CreateSecurityGroup DeleteSecurityGroup AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress " +
                "RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
        ),
        ...(config.etcd === "external" ? [networkInterface] : []),
        ...(ownVpc ? network : []),
        ...(ownVpc || ownBastion ? [addresses] : []),
        ...loadBalancers,
        ...names,
        ...roles,
        ...(hasPolicies ? [rolePolicies] : []),
        ...(hasPools ? pools : []),
    ];
}

const networkInterface = ec2(
    "networkInterface",
    "network-interface/eni-0123456789abcdef0",
    "CreateNetworkInterface DetachNetworkInterface DeleteNetworkInterface",
);

const network = [
    ec2("vpc", "vpc/vpc-0123456789abcdef0", "CreateVpc ModifyVpcAttribute DeleteVpc"),
    ec2("subnet", "subnet/subnet-0123456789abcdef0", "CreateSubnet DeleteSubnet"),
    ec2(
        "internetGateway",
        "internet-gateway/igw-0123456789abcdef0",
        "CreateInternetGateway AttachInternetGateway DetachInternetGateway DeleteInternetGateway",
    ),
    ec2("natGateway", "natgateway/nat-0123456789abcdef0", "CreateNatGateway DeleteNatGateway"),
    ec2(
        "routeTable",
        "route-table/rtb-0123456789abcdef0",
        "CreateRouteTable CreateRoute AssociateRouteTable DisassociateRouteTable DeleteRoute DeleteRouteTable",
    ),
];

const addresses = ec2(
    "eip",
    "elastic-ip/eipalloc-0123456789abcdef0",
    "AllocateAddress AssociateAddress DisassociateAddress ReleaseAddress",
);

const balancer = "net/machines-api-0123456/0123456789abcdef";
const loadBalancers = [
    need(
        "lb",
        "loadBalancer",
        `elasticloadbalancing:REGION:ACCOUNT:loadbalancer/${balancer}`,
        "CreateLoadBalancer ModifyLoadBalancerAttributes AddTags CreateListener DeleteLoadBalancer",
    ),
    need(
        "lb",
        "listener",
        `elasticloadbalancing:REGION:ACCOUNT:listener/${balancer}/0123456789abcdef`,
        "ModifyListenerAttributes DeleteListener",
    ),
    need(
        "lb",
        "targetGroup",
        "elasticloadbalancing:REGION:ACCOUNT:targetgroup/machines-api-0123456/0123456789abcdef",
        "CreateTargetGroup ModifyTargetGroupAttributes RegisterTargets DeregisterTargets DeleteTargetGroup",
    ),
];

const names = [
    need(
        "route53",
        "zone",
        "route53:::hostedzone/Z0123456789ABCDEFGHIJ",
        "CreateHostedZone ChangeTagsForResource ChangeResourceRecordSets DeleteHostedZone",
    ),
];

const role = "iam::ACCOUNT:role/machines-control-plane-0123456";
const roles = [
    need("iam", "role", role, "CreateRole TagRole PassRole DeleteRole"),
    need(
        "iam",
        "instanceProfile",
        "iam::ACCOUNT:instance-profile/machines-control-plane-0123456",
        "CreateInstanceProfile TagInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile DeleteInstanceProfile",
    ),
];
const rolePolicies = need("iam", "rolePolicy", role, "PutRolePolicy DeleteRolePolicy");

const pools = [
    need(
        "ssm",
        "parameter",
        "ssm:REGION:ACCOUNT:parameter/pulumi-kubeadm/CLUSTER/join-token",
        "PutParameter AddTagsToResource DeleteParameter",
    ),
    ec2(
        "launchTemplate",
        "launch-template/lt-0123456789abcdef0",
        "CreateLaunchTemplate CreateLaunchTemplateVersion DeleteLaunchTemplate",
    ),
    need(
        "autoscaling",
        "group",
        "autoscaling:REGION:ACCOUNT:autoScalingGroup:01234567-89ab-cdef-0123-456789abcdef:autoScalingGroupName/worker-0123456",
        "CreateAutoScalingGroup UpdateAutoScalingGroup StartInstanceRefresh CancelInstanceRefresh DeleteAutoScalingGroup " +
            "PutLifecycleHook DeleteLifecycleHook",
    ),
];

function ec2(type: string, example: string, actions: string): Permissions {
    return need("ec2", type, `ec2:REGION:ACCOUNT:${example}`, actions);
}

function need(module: string, type: string, example: string, actions: string): Permissions {
    const [service = ""] = example.split(":");
    return {
        type: `aws:${module}/${type}`,
        example,
        actions: actions.split(" ").map((action) => `${service}:${action}`),
    };
}

/** What every preview does, so that its caller may do it: it looks which zones there are. */
const surelyAllowed = "ec2:DescribeAvailabilityZones";

/** Asks AWS' simulator what the caller's policies say. It does nothing of it. */
export async function lookAtPermissions(config: ClusterConfig): Promise<PermissionsSeen> {
    try {
        const [{ arn, accountId }, { region }] = await Promise.all([getCallerIdentity({}), getRegion({})]);
        // Policies are the role's, not those of one session with it.
        const { issuerArn: caller } = await iam.getSessionContext({ arn });
        const [, partition = "aws"] = arn.split(":");
        const place = { REGION: region, ACCOUNT: accountId, CLUSTER: config.clusterName };
        const denied = async (actions: readonly string[], resourceArns?: string[]) => {
            const { results } = await iam.getPrincipalPolicySimulation({
                policySourceArn: caller,
                actionNames: [...actions],
                ...(resourceArns === undefined ? {} : { resourceArns }),
                contexts: [
                    { key: "aws:RequestedRegion", type: "string", values: [region] },
                    { key: "iam:PassedToService", type: "string", values: ["ec2.amazonaws.com"] },
                ],
            });
            return results.filter(({ allowed }) => !allowed);
        };
        // Conditions of service control policies can have the simulator deny whatever it is asked.
        if ((await denied([surelyAllowed])).length > 0) {
            return { unknown: `IAM's simulator denies ${surelyAllowed}, which ${caller} may do` };
        }
        const answers = await Promise.all(
            permissionsOf(config).map(async (permissions) => {
                const resource = permissions.example.replace(/REGION|ACCOUNT|CLUSTER/g, (word) => placed(place, word));
                const results = await denied(permissions.actions, [`arn:${partition}:${resource}`]);
                const actions = results.map(({ actionName }) => actionName);
                // What it did not know of a request, it tells only where no resource is named.
                const unsure = actions.length === 0 ? [] : await denied(actions);
                const unclear = unsure.filter(({ missingContextKeys }) => missingContextKeys.length > 0);
                return { permissions, actions, unclear };
            }),
        );
        const unclear = answers.flatMap((each) => each.unclear);
        const unclearActions = unclear.map(({ actionName }) => actionName);
        return {
            caller,
            refused: answers
                .map(({ permissions, actions }) => ({
                    ...permissions,
                    actions: actions.filter((action) => !unclearActions.includes(action)),
                }))
                .filter(({ actions }) => actions.length > 0),
            unclear: {
                actions: unclearActions,
                keys: [...new Set(unclear.flatMap(({ missingContextKeys }) => missingContextKeys))],
            },
        };
    } catch (error) {
        return { unknown: messageOf(error).replace(/\s+/g, " ") };
    }
}

function placed(place: Readonly<Record<string, string>>, word: string): string {
    return place[word] ?? word;
}

/** What the caller may not do that a cluster needs, one line for each type of resource. */
export function permissionProblems(seen: PermissionsSeen): string[] {
    return "unknown" in seen
        ? []
        : seen.refused.map(
              ({ type, actions }) =>
                  `${type}: ${seen.caller} may not do ${actions.join(", ")}; have it allowed, or use other credentials`,
          );
}

/** What is not known of the caller's permissions; nothing when all is. */
export function uncheckedPermissions(seen: PermissionsSeen): string | undefined {
    if ("unknown" in seen) {
        return `permissions are not checked: ${seen.unknown}`;
    }
    const { actions, keys } = seen.unclear;
    return actions.length === 0
        ? undefined
        : `permissions that depend on ${keys.join(", ")} are not checked: ${actions.join(", ")}`;
}
