import type { ExtraArgsKey } from "./ownFlags";

/** What is wrong with the values of a flag, after its name; nothing when they are fine. */
type Check = (values: readonly string[]) => string | undefined;

/** Flags with values that a component takes, and the cluster does not get by with. */
const checks: Readonly<Record<ExtraArgsKey, Readonly<Record<string, Check>>>> = {
    apiServerExtraArgs: {
        "authorization-mode": modeProblem,
        "disable-admission-plugins": disabledProblem,
        "enable-admission-plugins": enabledProblem,
    },
    controllerManagerExtraArgs: { "bind-address": bindProblem, controllers: controllersProblem },
    schedulerExtraArgs: { "bind-address": bindProblem },
    etcdExtraArgs: { "listen-metrics-urls": metricsProblem, "quota-backend-bytes": quotaProblem },
};

/** What is wrong with the meaning of a flag's values, after its name. */
export function meaningProblem(key: ExtraArgsKey, flag: string, values: readonly string[]): string | undefined {
    return checks[key][flag]?.(values);
}

/** What is wrong with the ways in which requests are allowed: nodes need one of their own, and kubeadm writes roles. */
function modeProblem(values: readonly string[]): string | undefined {
    const given = values.join(",");
    const modes = partsOf(values);
    const needed = ["Node", "RBAC"];
    const others = modes.filter((mode) => !needed.includes(mode) && mode !== "AlwaysAllow");
    const instead = `write ${[...needed, ...others].join(",")}`;
    if (modes.includes("AlwaysAllow")) {
        return `: "${given}" lets everyone do everything; ${instead}`;
    }
    // kubeadm has both where none is given.
    return modes.length === 0 || needed.every((mode) => modes.includes(mode))
        ? undefined
        : `: "${given}" lacks Node or RBAC, which nodes and the cluster's own components need; ${instead}`;
}

/** kubeadm enables this one alone beside the API server's own, and a list of the user's takes its place. */
const nodeRestriction = "NodeRestriction";

function enabledProblem(values: readonly string[]): string | undefined {
    const plugins = partsOf(values);
    return plugins.includes(nodeRestriction)
        ? undefined
        : `: "${plugins.join(",")}" lacks ${nodeRestriction}, which keeps a node from changing the others; ` +
              `write ${[nodeRestriction, ...plugins].join(",")}`;
}

function disabledProblem(values: readonly string[]): string | undefined {
    const needed = partsOf(values).filter((plugin) => [nodeRestriction, "ServiceAccount"].includes(plugin));
    return needed.length === 0
        ? undefined
        : `: ${needed.join(" and ")} must stay: nodes and pods would have no bounds, or no tokens; take it off the list`;
}

/** kubeadm's value, whose two names are not on by default. */
const kubeadmControllers = ["*", "bootstrapsigner", "tokencleaner"];
/** Those without which nothing joins or starts, by the two names of each. */
const neededControllers = [
    ["bootstrapsigner", "bootstrap-signer-controller"],
    ["tokencleaner", "token-cleaner-controller"],
    ["csrapproving", "certificatesigningrequest-approving-controller"],
    ["csrsigning", "certificatesigningrequest-signing-controller"],
    ["nodeipam", "node-ipam-controller"],
    ["nodelifecycle", "node-lifecycle-controller"],
    ["root-ca-cert-publisher", "root-ca-certificate-publisher-controller"],
    ["serviceaccount", "serviceaccount-controller"],
    ["serviceaccount-token", "serviceaccount-token-controller"],
] as const;

function controllersProblem(values: readonly string[]): string | undefined {
    const given = partsOf(values);
    const isOn = ([alias, name]: (typeof neededControllers)[number]): boolean =>
        !given.includes(`-${alias}`) &&
        !given.includes(`-${name}`) &&
        (given.includes(alias) || given.includes(name) || (given.includes("*") && !kubeadmControllers.includes(alias)));
    const missing = neededControllers.filter((each) => !isOn(each)).map(([alias]) => alias);
    return missing.length === 0
        ? undefined
        : `: "${given.join(",")}" runs without ${missing.join(", ")}, and the cluster does not; ` +
              `write ${kubeadmControllers.join(",")} and the names of those to leave out, each with a dash`;
}

function bindProblem(values: readonly string[]): string | undefined {
    const wrong = values.find((value) => !["127.0.0.1", "0.0.0.0", "::"].includes(value));
    return wrong === undefined
        ? undefined
        : `: "${wrong}" is not where its health is asked on every control plane; use 127.0.0.1 or 0.0.0.0`;
}

/** kubeadm's probes go by the first URL, and the program's questions to 127.0.0.1. */
function metricsProblem(values: readonly string[]): string | undefined {
    const [first = ""] = partsOf(values);
    return /^http:\/\/(127\.0\.0\.1|0\.0\.0\.0):2381$/.test(first)
        ? undefined
        : `: "${first}" is not where etcd's health is asked; begin with http://127.0.0.1:2381 or http://0.0.0.0:2381`;
}

/** 0 is etcd's default, and less is no limit. */
function quotaProblem(values: readonly string[]): string | undefined {
    const smallest = 128 * 1024 ** 2;
    const wrong = values.find((value) => Number(value) > 0 && Number(value) < smallest);
    return wrong === undefined
        ? undefined
        : `: ${wrong} bytes are soon full, and a full etcd takes no writes; use ${smallest} or more: 8 GiB are 8589934592`;
}

/** The parts of a list, as components read it: a space belongs to its part. */
function partsOf(values: readonly string[]): string[] {
    return values
        .join(",")
        .split(",")
        .filter((part) => part !== "");
}
