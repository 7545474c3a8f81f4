import { IPv4 } from "ipaddr.js";
import { localPoolLimit, localWorkerLimit } from "../components/platforms/localAddresses";
import { overlap, parseSubnet } from "../components/subnet";
import type { ClusterConfig } from "./clusterConfig";
import type { Json } from "./readers";
import { nodeMask, nodeMaskFlag } from "./nodeMask";
import { autoscalingPools, poolsOf } from "./pools";

/** An example of each subnet, which is also its default. */
export const subnetExamples = {
    podSubnet: "10.244.0.0/16",
    serviceSubnet: "10.96.0.0/12",
    localSubnet: "172.30.0.0/24",
} as const;

type SubnetKey = keyof typeof subnetExamples;

/** The keys that matter to a configuration. */
function subnetKeysOf({ platform }: ClusterConfig): SubnetKey[] {
    return ["podSubnet", "serviceSubnet", ...(platform === "local" ? (["localSubnet"] as const) : [])];
}

/** Subnets: well-formed, of a size that Kubernetes and the nodes can use, and apart from each other. */
export function subnetRules(config: ClusterConfig): string[] {
    const subnetKeys = subnetKeysOf(config);
    const malformed = subnetKeys.flatMap((key) => {
        const problem = cidrProblem(config[key], subnetExamples[key]);
        return problem === undefined ? [] : [{ key, problem }];
    });
    const usable = subnetKeys.filter((key) => malformed.every((each) => each.key !== key));
    return [
        ...malformed.map(({ key, problem }) => `${key}: ${problem}`),
        ...usable.flatMap((key) => sizeRules[key](config).map((problem) => `${key}: ${config[key]} ${problem}`)),
        ...overlaps(config, usable),
        ...endpointInside(config),
        ...podRules(config),
    ];
}

/** What is wrong with a text as IPv4 subnet; nothing when it is fine. */
export function cidrProblem(cidr: string, example: string): string | undefined {
    if (cidr.includes(",") || cidr.includes(":")) {
        return `"${cidr}" asks for IPv6 or dual-stack, which is not built yet; use one IPv4 CIDR, for example ${example}`;
    }
    if (!IPv4.isValidCIDRFourPartDecimal(cidr)) {
        return `"${cidr}" is not an IPv4 CIDR; for example ${example}`;
    }
    const [address, prefix] = IPv4.parseCIDR(cidr);
    const network = `${IPv4.networkAddressFromCIDR(cidr).toString()}/${String(prefix)}`;
    if (network !== cidr) {
        return `"${cidr}" is not the first address of its network; write ${network}`;
    }
    const range = address.range();
    return ["loopback", "linkLocal", "multicast", "unspecified"].includes(range)
        ? `"${cidr}" is set aside for other uses (${range}); use a private network, for example ${example}`
        : undefined;
}

const sizeRules: Readonly<Record<SubnetKey, (config: ClusterConfig) => string[]>> = {
    podSubnet: (config) => {
        const { prefix } = parseSubnet(config.podSubnet);
        const { nodes, surging } = nodesAtMost(config);
        const mask = nodeMask(config);
        if (mask - prefix > 16) {
            return [`is too large; Kubernetes gives every node a /${mask} and takes at most a /${mask - 16}`];
        }
        const room = mask < prefix ? 0 : 2 ** (mask - prefix);
        const wanted = mask - Math.ceil(Math.log2(Math.max(nodes, 1)));
        return room < nodes
            ? [
                  `has room for ${room} nodes of a /${mask} each, not for ${nodes}` +
                      `${surging === 0 ? "" : `, ${surging} of them while nodes are replaced`}; use a /${wanted} or larger`,
              ]
            : [];
    },
    serviceSubnet: (config) => {
        const { prefix } = parseSubnet(config.serviceSubnet);
        if (prefix < 12) {
            return ["is too large; Kubernetes takes at most a /12"];
        }
        return prefix > 28 ? ["is too small; use a /28 or larger"] : [];
    },
    localSubnet: (config) => {
        const { prefix } = parseSubnet(config.localSubnet);
        if (prefix < 16 || prefix > 24) {
            return [`is a /${prefix}; use a /16 to a /24`];
        }
        const limit = localWorkerLimit(config.localSubnet);
        const others = poolsOf(config)
            .filter(({ name }) => name in config.workerPools)
            .reduce((sum, { nodes }) => sum + nodes.length, 0);
        return [
            ...(config.workerNodes > limit
                ? [`has addresses for ${limit} workers, not for ${config.workerNodes}; use a larger one, at most a /16`]
                : []),
            ...(others > localPoolLimit
                ? [
                      `has addresses for ${localPoolLimit} nodes of workerPools, not for ${others}; use workerNodes for more`,
                  ]
                : []),
        ];
    },
};

/** How many nodes there may be at a time, and how many of them because others come before a pool's own go. */
function nodesAtMost(config: ClusterConfig): { nodes: number; surging: number } {
    const autoscaling = autoscalingPools(config);
    const renewed = autoscaling.map(({ max, maxUnavailable }) => Math.min(max, maxUnavailable));
    const surging = config.platform === "aws" ? config.replace.length + Math.max(0, ...renewed) : 0;
    const named = poolsOf(config).reduce((sum, { nodes }) => sum + nodes.length, 0);
    return { nodes: autoscaling.reduce((sum, { max }) => sum + max, named + surging), surging };
}

/** Pods of a node: flannel gives each an address of the node's part of podSubnet; another CNI may have its own. */
function podRules(config: ClusterConfig): string[] {
    const mask = nodeMask(config);
    // Those of the network, the bridge and the broadcast are no pod's; kube-proxy and flannel need none.
    const limit = 2 ** (32 - mask) - 1;
    const kubelets: [string, Readonly<Record<string, Json>>][] = [
        ["kubelet", config.kubelet],
        ...Object.entries(config.workerPools).map(([pool, { kubelet }]): [string, typeof kubelet] => [
            `workerPools: ${pool}: kubelet`,
            kubelet,
        ]),
    ];
    return config.cni === "none"
        ? []
        : kubelets.flatMap(([key, { maxPods }]) =>
              typeof maxPods === "number" && maxPods > limit
                  ? [
                        `${key}: maxPods: ${maxPods} is more than a node's /${mask} of podSubnet has addresses for; ` +
                            `use up to ${limit}, or a lower ${nodeMaskFlag(config)} in controllerManagerExtraArgs`,
                    ]
                  : [],
          );
}

function overlaps(config: ClusterConfig, keys: readonly SubnetKey[]): string[] {
    return keys.flatMap((key, index) =>
        keys
            .slice(index + 1)
            .filter((other) => overlap(parseSubnet(config[key]), parseSubnet(config[other])))
            .map((other) => `${key}: ${config[key]} overlaps ${other} ${config[other]}; choose subnets that are apart`),
    );
}

function endpointInside(config: ClusterConfig): string[] {
    const host = config.controlPlaneEndpoint?.replace(/:\d+$/, "") ?? "";
    if (!IPv4.isValidFourPartDecimal(host)) {
        return [];
    }
    return subnetsAround(config, host).map(
        (key) => `controlPlaneEndpoint: ${host} lies in ${key} ${config[key]}; use an address outside of it`,
    );
}

/** Those subnets of the cluster's own, of the well-formed ones, that an IPv4 address is in. */
export function subnetsAround(config: ClusterConfig, address: string): ("podSubnet" | "serviceSubnet")[] {
    return (["podSubnet", "serviceSubnet"] as const)
        .filter((key) => cidrProblem(config[key], subnetExamples[key]) === undefined)
        .filter((key) => overlap(parseSubnet(config[key]), parseSubnet(`${address}/32`)));
}
