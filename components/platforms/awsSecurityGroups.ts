import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import { apiServerPort } from "../ports";
import { named, type Tags } from "./awsTags";

/** What has a security group. */
export type Group = "bastion" | "loadBalancer" | "publicLoadBalancer" | "controlPlane" | "worker" | "etcd";
/** The other side of a rule: a group, the networks that may come in, or everybody. */
export type Side = Group | "allowed" | "anybody";

/** Packets that may go from one side to another. Answers may always come back. */
export interface Rule {
    readonly from: Side;
    readonly to: Side;
    readonly protocol: "tcp" | "udp" | "icmp" | "all";
    /** First and last port; of ICMP type and code; none for all protocols. */
    readonly ports?: readonly [number, number];
    /** Why; AWS shows it beside the rule. */
    readonly reason: string;
}

/** What decides about the rules. */
export interface RuleArgs {
    readonly etcd: "stacked" | "external";
    readonly cni: "flannel" | "none";
    /** Whether a load balancer that the internet reaches is there. */
    readonly isPublic: boolean;
    /** What lets a bastion in that is there: the id of its security group, or a CIDR. Without it, one is made. */
    readonly bastion?: string;
}

const nodes = ["controlPlane", "worker"] as const;
const ssh: readonly [number, number] = [22, 22];
const api: readonly [number, number] = [apiServerPort, apiServerPort];
const etcdClients: readonly [number, number] = [2379, 2379];
const etcdAll: readonly [number, number] = [2379, 2380];
const kubelet: readonly [number, number] = [10250, 10250];
const vxlan: readonly [number, number] = [8472, 8472];
const fragmentationNeeded: readonly [number, number] = [3, 4];

/** The groups that a cluster needs. */
export function groupsOf({ etcd, isPublic, bastion }: RuleArgs): Group[] {
    return [
        ...(bastion === undefined ? (["bastion"] as const) : []),
        "loadBalancer",
        ...(isPublic ? (["publicLoadBalancer"] as const) : []),
        ...nodes,
        ...(etcd === "external" ? (["etcd"] as const) : []),
    ];
}

/** Every packet that a cluster needs to let through, and no other. */
export function rulesOf(args: RuleArgs): Rule[] {
    const groups = groupsOf(args);
    const all: readonly Rule[] = [
        {
            from: "allowed",
            to: "bastion",
            protocol: "tcp",
            ports: ssh,
            reason: "SSH comes in through the bastion alone",
        },
        ...(["controlPlane", "worker", "etcd"] as const).map((to): Rule => ({
            from: "bastion",
            to,
            protocol: "tcp",
            ports: ssh,
            reason: "steps of pulumi up, and people",
        })),
        { from: "bastion", to: "loadBalancer", protocol: "tcp", ports: api, reason: "kubectl of the admin steps" },
        ...nodes.map((from): Rule => ({
            from,
            to: "loadBalancer",
            protocol: "tcp",
            ports: api,
            reason: "joins, kubelets and kube-proxy",
        })),
        {
            from: "loadBalancer",
            to: "controlPlane",
            protocol: "tcp",
            ports: api,
            reason: "connections and health checks",
        },
        { from: "allowed", to: "publicLoadBalancer", protocol: "tcp", ports: api, reason: "kubectl of operators" },
        {
            from: "publicLoadBalancer",
            to: "controlPlane",
            protocol: "tcp",
            ports: api,
            reason: "connections and health checks",
        },
        ...nodes.map((from): Rule => ({
            from,
            to: "controlPlane",
            protocol: "tcp",
            ports: api,
            reason: "pods reach the Service kubernetes without the load balancer",
        })),
        ...etcdRules(args),
        ...nodes.flatMap((from) =>
            nodes.map((to): Rule => ({
                from,
                to,
                protocol: "tcp",
                ports: kubelet,
                reason: from === "controlPlane" ? "logs, exec and port-forward" : "metrics-server on a worker",
            })),
        ),
        ...(args.cni === "flannel" ? between("udp", vxlan, "pod network, VXLAN of flannel") : []),
        ...between("icmp", fragmentationNeeded, "path MTU discovery"),
        ...(["bastion", ...nodes, "etcd"] as const).map((from): Rule => ({
            from,
            to: "anybody",
            protocol: "all",
            reason: from === "worker" ? "pods call whom they call" : "packages, software and images",
        })),
    ];
    // Of a bastion that is there, only its way to the cluster is the cluster's business.
    const mayCome = (from: Side, to: Side): boolean => exists(groups, from) || (from === "bastion" && to !== "anybody");
    return all.filter(({ from, to }) => mayCome(from, to) && exists(groups, to));
}

function etcdRules({ etcd }: RuleArgs): Rule[] {
    const reason = "clients and peers of etcd";
    return etcd === "stacked"
        ? [{ from: "controlPlane", to: "controlPlane", protocol: "tcp", ports: etcdAll, reason }]
        : [
              { from: "controlPlane", to: "etcd", protocol: "tcp", ports: etcdClients, reason: "clients of etcd" },
              {
                  from: "bastion",
                  to: "etcd",
                  protocol: "tcp",
                  ports: etcdClients,
                  reason: "etcdctl of the admin steps",
              },
              { from: "etcd", to: "etcd", protocol: "tcp", ports: etcdAll, reason },
          ];
}

/** The same rule between all nodes. */
function between(protocol: Rule["protocol"], ports: readonly [number, number], reason: string): Rule[] {
    return nodes.flatMap((from) => nodes.map((to): Rule => ({ from, to, protocol, ports, reason })));
}

function exists(groups: readonly Group[], side: Side): boolean {
    return side === "allowed" || side === "anybody" || groups.includes(side);
}

type Source = { readonly referencedSecurityGroupId: pulumi.Input<string> } | { readonly cidrIpv4: string };

export interface AwsSecurityGroupsArgs extends RuleArgs {
    readonly vpcId: pulumi.Input<string>;
    /** CIDRs of the side `allowed`. */
    readonly allowedCidrs: readonly string[];
    readonly tags: Tags;
}

/** The security groups of a cluster, with one resource for each side of a rule. */
export class AwsSecurityGroups extends pulumi.ComponentResource {
    private readonly ids = new Map<Group, pulumi.Output<string>>();

    constructor(name: string, args: AwsSecurityGroupsArgs, opts: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:AwsSecurityGroups", name, {}, opts);
        for (const group of groupsOf(args)) {
            const label = kebab(group);
            const isNode = group === "controlPlane" || group === "worker";
            const made = new ec2.SecurityGroup(
                `${name}-${label}`,
                {
                    vpcId: args.vpcId,
                    description: `${label} of a Kubernetes cluster`,
                    // Controllers look for exactly one group of a node that has their tag.
                    tags: { ...named(args.tags, label), ...(isNode ? args.tags.forControllers : {}) },
                },
                { parent: this },
            );
            this.ids.set(group, made.id);
        }
        const rules = rulesOf(args);
        const unbounded = rules.filter(({ to }) => to === "anybody").map(({ from }) => from);
        for (const rule of rules) {
            this.ingress(name, rule, args);
            const isTheirs = rule.from === "bastion" && args.bastion !== undefined;
            if (!isTheirs && (rule.to === "anybody" || !unbounded.includes(rule.from))) {
                this.egress(name, rule);
            }
        }
        this.registerOutputs();
    }

    /** The id of a group that there is. */
    id(group: Group): pulumi.Output<string> {
        const id = this.ids.get(group);
        if (id === undefined) {
            throw new pulumi.ResourceError(`this cluster has no security group for ${group}`, this);
        }
        return id;
    }

    private ingress(name: string, rule: Rule, { allowedCidrs, bastion }: AwsSecurityGroupsArgs): void {
        const { from, to } = rule;
        if (to === "anybody" || to === "allowed") {
            return;
        }
        const sources =
            from === "allowed" || from === "anybody"
                ? allowedCidrs.map((cidrIpv4) => ({ suffix: `-${cidrIpv4}`, source: { cidrIpv4 } }))
                : [{ suffix: "", source: from === "bastion" ? this.bastionSource(bastion) : this.sourceOf(from) }];
        for (const { suffix, source } of sources) {
            new vpc.SecurityGroupIngressRule(
                `${name}-${ruleName(rule)}${suffix}`,
                { securityGroupId: this.id(to), ...source, ...packets(rule), description: rule.reason },
                { parent: this },
            );
        }
    }

    private bastionSource(bastion: string | undefined): Source {
        if (bastion === undefined) {
            return this.sourceOf("bastion");
        }
        return bastion.startsWith("sg-") ? { referencedSecurityGroupId: bastion } : { cidrIpv4: bastion };
    }

    private sourceOf(group: Group): Source {
        return { referencedSecurityGroupId: this.id(group) };
    }

    private egress(name: string, rule: Rule): void {
        const { from, to } = rule;
        if (from === "allowed" || from === "anybody" || to === "allowed") {
            return;
        }
        const target = to === "anybody" ? { cidrIpv4: "0.0.0.0/0" } : { referencedSecurityGroupId: this.id(to) };
        new vpc.SecurityGroupEgressRule(
            `${name}-${ruleName(rule)}-out`,
            { securityGroupId: this.id(from), ...target, ...packets(rule), description: rule.reason },
            { parent: this },
        );
    }
}

function packets({ protocol, ports }: Rule): { ipProtocol: string; fromPort?: number; toPort?: number } {
    return ports === undefined ? { ipProtocol: "-1" } : { ipProtocol: protocol, fromPort: ports[0], toPort: ports[1] };
}

function ruleName({ from, to, protocol, ports = [0, 0] }: Rule): string {
    const range = ports[0] === ports[1] ? ports[0] : ports.join("-");
    return `${kebab(from)}-to-${kebab(to)}-${protocol}${protocol === "all" ? "" : `-${range}`}`;
}

function kebab(text: string): string {
    return text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
