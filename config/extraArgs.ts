import type { ClusterConfig } from "./clusterConfig";
import type { ExtraArgs } from "./readers";
import { meaningProblem } from "./flagValues";
import { apiServerFlags, controllerManagerFlags, etcdFlags, fileFlags, newFlags, schedulerFlags } from "./flagTables";
import { type Kind, kinds, kindsOf, tooNew } from "./kinds";
import { didYouMean } from "./names";
import { nodeMaskProblem } from "./nodeMask";
import { type ExtraArgsKey, extraArgsKeys, ownFlags } from "./ownFlags";
import { plainPath, seenPlaces, staticPods } from "./staticPods";
import { parseVersion } from "./version";

/** Who takes the flags of a key, and which there are. */
const components: Readonly<Record<ExtraArgsKey, { name: string; flags: ReadonlyMap<string, Kind> }>> = {
    apiServerExtraArgs: { name: "kube-apiserver", flags: kindsOf(apiServerFlags) },
    controllerManagerExtraArgs: { name: "kube-controller-manager", flags: kindsOf(controllerManagerFlags) },
    schedulerExtraArgs: { name: "kube-scheduler", flags: kindsOf(schedulerFlags) },
    etcdExtraArgs: { name: "etcd", flags: kindsOf(etcdFlags) },
};

/** Flags that a minor of Kubernetes no longer takes: the component would not start. */
const removedFlags: readonly { key: ExtraArgsKey; flag: RegExp; since: number; instead: string }[] = [
    {
        key: "apiServerExtraArgs",
        flag: /^cloud-(provider|config)$/,
        since: 33,
        instead: "run the cloud's controller manager",
    },
    {
        key: "controllerManagerExtraArgs",
        flag: /^concurrent-service-syncs$/,
        since: 37,
        instead: "services of type LoadBalancer are the cloud's controller manager's",
    },
    {
        key: "etcdExtraArgs",
        flag: /^experimental-/,
        since: 37,
        instead: "use the flag without experimental-, or feature-gates",
    },
];

/** What etcd sees of its machine as a static pod, which gets no other volumes. */
const etcdPlaces = ["/etc/kubernetes/pki/etcd", "/var/lib/etcd"];

/** Numbers as Go's ParseInt and ParseFloat read them. */
const numbers: Readonly<Partial<Record<Kind, RegExp>>> = {
    wholeNumber: /^([+-]?(0[0-7]*|[1-9]\d*)|0x[\da-f]+)$/i,
    number: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
};

/** Extra flags: those that a component has, of the right kind, and not those that hold the cluster together. */
export function extraArgsRules(config: ClusterConfig): string[] {
    return extraArgsKeys.flatMap((key) =>
        Object.entries(config[key]).flatMap(([flag, value]) => {
            const problem =
                flagProblem(key, flag, value, config.kubernetesVersion) ??
                fileProblem(key, flag, value, config) ??
                nodeMaskProblem(flag, config);
            return problem === undefined ? [] : [`${key}: ${flag}${problem}`];
        }),
    );
}

/** What is wrong with a flag, after its name. */
function flagProblem(key: ExtraArgsKey, flag: string, value: ExtraArgs[string], version: string): string | undefined {
    const minor = parseVersion(version)?.minor ?? 0;
    const removed = removedFlags.find((each) => each.key === key && each.flag.test(flag) && minor >= each.since);
    const own = ownFlags[key][flag];
    if (flag.startsWith("-")) {
        return ` starts with a dash; write ${flag.replace(/^-+/, "")}`;
    }
    if (own !== undefined) {
        return ` ${own}`;
    }
    if (removed !== undefined) {
        return ` is gone since Kubernetes 1.${removed.since}; ${removed.instead}`;
    }
    const { name, flags } = components[key];
    const kind = flags.get(flag);
    if (kind === undefined) {
        const hint = didYouMean(flag, [...flags.keys()], "its flags are in its reference");
        return ` is not a flag of ${name}; ${hint}`;
    }
    return (
        tooNew(newFlags[flag] ?? 0, version) ?? valueProblem(kind, value) ?? meaningProblem(key, flag, [value].flat())
    );
}

/** What is wrong with the value of a flag, after its name: a text, or one for each time that the flag is given. */
function valueProblem(kind: Kind, value: ExtraArgs[string]): string | undefined {
    const values = typeof value === "string" ? [value] : value;
    if (values.length === 0) {
        return " has an empty list; give a value, or leave it out";
    }
    // A line of its own in the unit of external etcd would be a setting of its own.
    const broken = values.find((text) => /\p{Cc}/u.test(text));
    if (broken !== undefined) {
        return `: ${JSON.stringify(broken)} has a line break or another control character; write it without`;
    }
    const { fits, unlike } = kinds[kind];
    const wrong = values.find((text) => !fits(read(kind, text)));
    return wrong === undefined ? undefined : `: ${JSON.stringify(wrong)} ${unlike}`;
}

/** What is wrong with a file that a flag names, after its name: a static pod sees few folders unless it gets more. */
function fileProblem(
    key: ExtraArgsKey,
    flag: string,
    value: ExtraArgs[string],
    { etcd, patches, extraVolumes }: ClusterConfig,
): string | undefined {
    const { name } = components[key];
    const pod = staticPods.find((each) => key === `${each}ExtraArgs`);
    const isStatic = pod !== undefined || etcd === "stacked";
    const isPatched = Object.keys(patches).some((file) => file.startsWith(name));
    if (fileFlags[key]?.includes(flag) !== true || !isStatic || isPatched) {
        return undefined;
    }
    const places =
        pod === undefined
            ? etcdPlaces
            : [...seenPlaces[pod], ...(extraVolumes[pod] ?? []).map(({ mountPath }) => plainPath(mountPath))];
    const unseen = [value]
        .flat()
        .flatMap((text) => pathsIn(flag, text))
        .find((path) => !places.some((place) => `${path}/`.startsWith(`${place}/`)));
    const where = pod === undefined ? "below /etc/kubernetes/pki/etcd" : `and give extraVolumes: ${pod} its folder`;
    return unseen === undefined
        ? undefined
        : `: ${name} does not see ${unseen} of its machine; put it on each control plane, ${where}`;
}

/** The files that a flag names: one, or those among its parts. */
function pathsIn(flag: string, text: string): string[] {
    // cert,key:domain and jwt,pub-key=file,priv-key=file
    const parts = ["tls-sni-cert-key", "auth-token"].includes(flag) ? text.split(/[,:=]/) : [text];
    return parts.filter((part) => part.startsWith("/")).map(plainPath);
}

/** What a component reads in the text of a flag. */
function read(kind: Kind, text: string): string | number | boolean {
    if (kind === "trueOrFalse") {
        return text === "true" || (text === "false" ? false : text);
    }
    return numbers[kind]?.test(text) === true ? Number(text) : text;
}
