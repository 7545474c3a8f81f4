import * as pulumi from "@pulumi/pulumi";
import { addressRules } from "./config/addresses";
import { autoscalingRules } from "./config/autoscaling";
import { awsRules } from "./config/aws";
import type { ClusterConfig } from "./config/clusterConfig";
import { containerdRules } from "./config/containerd";
import { withDefaults } from "./config/defaults";
import { etcdRules } from "./config/etcd";
import { extraArgsRules } from "./config/extraArgs";
import { kubeletRules, kubeProxyRules } from "./config/fields";
import { haproxyRules } from "./config/haproxy";
import { hostRules } from "./config/hosts";
import { readKeys } from "./config/keys";
import { labelAndTaintRules } from "./config/labels";
import { leaderElectionRules } from "./config/leaderElection";
import { subnetRules } from "./config/network";
import { countRules } from "./config/nodes";
import { patchRules } from "./config/patches";
import { nodeListRules, poolRules } from "./config/poolRules";
import { registryMirrorRules } from "./config/registryMirrors";
import { renewalRules } from "./config/renewal";
import { snapshotRules } from "./config/snapshots";
import { staticPodRules } from "./config/staticPods";
import { versionRules } from "./config/version";

const rules: readonly ((config: ClusterConfig) => string[])[] = [
    countRules,
    etcdRules,
    poolRules,
    autoscalingRules,
    nodeListRules,
    versionRules,
    subnetRules,
    addressRules,
    extraArgsRules,
    staticPodRules,
    leaderElectionRules,
    kubeletRules,
    kubeProxyRules,
    labelAndTaintRules,
    patchRules,
    containerdRules,
    registryMirrorRules,
    haproxyRules,
    renewalRules,
    snapshotRules,
    hostRules,
    awsRules,
];

/** Reads the configuration of the stack; throws one error that names all of its problems. */
export function readConfig(): ClusterConfig {
    const prefix = `${pulumi.getProject()}:`;
    const texts: Record<string, string> = {};
    for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
        if (key.startsWith(prefix)) {
            texts[key.slice(prefix.length)] = value;
        }
    }
    return parseConfig(pulumi.getStack(), texts, inTheOpen(prefix, texts));
}

/** Keys whose values are secrets. */
const secretKeys = ["hostsKey", "awsBastionKey"];

/** Those secrets of a stack that its file holds as everybody can read them. */
function inTheOpen(prefix: string, texts: Readonly<Record<string, string>>): string[] {
    // As the engine tells the program; one that runs inside another program is told nothing.
    const encrypted = process.env.PULUMI_CONFIG_SECRET_KEYS;
    return encrypted === undefined
        ? []
        : secretKeys.filter((key) => key in texts && texts[key] !== "" && !encrypted.includes(`"${prefix}${key}"`));
}

/**
 * The configuration of a stack from its texts by key; an empty text or map stands for the default. Also given are the keys of
 * secrets that are not encrypted, which is a problem.
 */
export function parseConfig(
    stack: string,
    texts: Readonly<Record<string, string>>,
    open: readonly string[] = [],
): ClusterConfig {
    const { given, problems } = readKeys(texts);
    const config = withDefaults(stack, given);
    const readable = open.map(
        (key) => `${key}: everybody can read it there; npm run pulumi -- config set --secret ${key} < FILE`,
    );
    throwAll(`Pulumi.${stack}.yaml`, [...problems, ...readable, ...rules.flatMap((rule) => rule(config))]);
    return deepFreeze(config);
}

/** Throws one error for all problems, which Pulumi prints without a stack trace; does nothing when there are none. */
export function throwAll(subject: string, problems: readonly string[]): void {
    if (problems.length > 0) {
        const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
        throw new pulumi.RunError([`${subject} has ${count}:`, ...problems].join("\n  "));
    }
}

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null) {
        Object.values(value).forEach(deepFreeze);
        Object.freeze(value);
    }
    return value;
}
