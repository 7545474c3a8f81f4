import type { ClusterConfig } from "./clusterConfig";
import { isMap, type Json } from "./readers";
import { kubeletFields, kubeProxyFields, newKubeletFields } from "./fieldTables";
import { type Kind, kinds, kindsOf, tooNew } from "./kinds";
import { nearest } from "./names";

type Fields = Readonly<Record<string, Json>>;

/** Fields of the KubeletConfiguration that the program sets, and what to do instead of setting them. */
const ownKubeletFields: Readonly<Record<string, string>> = {
    address: "would be one address for all nodes; leave it out",
    apiVersion: "is given by the program; leave it out",
    cgroupDriver: "must be that of containerd, systemd; leave it out",
    clusterDomain: "is the key dnsDomain; set that",
    containerRuntimeEndpoint: "is containerd's; leave it out",
    failCgroupV1: "is the key allowCgroupV1; set that",
    healthzPort: "is where kubeadm asks whether the kubelet works; leave it out",
    kind: "is given by the program; leave it out",
    port: "must be the port that firewalls and checks know; leave it out",
    registerNode: "must stay true for nodes to join; leave it out",
    registerWithTaints: "is the keys of taints; set controlPlaneTaints, workerTaints or the taints of a pool",
    serverTLSBootstrap:
        "makes kubelets wait for certificates that nothing approves, so logs and exec fail on every node; leave it out",
    staticPodPath: "is where kubeadm puts the control plane; leave it out",
};

/** The same of the KubeProxyConfiguration, a field of a field with a dot. */
const ownKubeProxyFields: Readonly<Record<string, string>> = {
    apiVersion: "is given by the program; leave it out",
    bindAddress: "would be one address for all nodes; leave it out",
    "clientConnection.kubeconfig": "is where kubeadm puts it; leave it out",
    clusterCIDR: "is the key podSubnet; set that",
    hostnameOverride: "is each node's own name; leave it out",
    kind: "is given by the program; leave it out",
    mode: "is the key kubeProxyMode; set that",
};

/** The words that a field of the kubelet takes; it does not start with another. */
const kubeletWords: Readonly<Record<string, readonly string[]>> = {
    configMapAndSecretChangeDetectionStrategy: ["Get", "Cache", "Watch"],
    cpuManagerPolicy: ["none", "static"],
    hairpinMode: ["promiscuous-bridge", "hairpin-veth", "none"],
    imagePullCredentialsVerificationPolicy: [
        "NeverVerify",
        "NeverVerifyPreloadedImages",
        "NeverVerifyAllowlistedImages",
        "AlwaysVerify",
    ],
    "logging.format": ["text", "json"],
    memoryManagerPolicy: ["None", "Static"],
    "memorySwap.swapBehavior": ["NoSwap", "LimitedSwap"],
    tlsMinVersion: ["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"],
    topologyManagerPolicy: ["none", "best-effort", "restricted", "single-numa-node"],
    topologyManagerScope: ["container", "pod"],
};

/** What a field of the kubelet must be, and what comes of anything else. */
const kubeletMust: Readonly<Record<string, { readonly be: Json; readonly otherwise: string }>> = {
    "authorization.mode": { be: "Webhook", otherwise: "everyone with a login could run commands in all pods" },
    enableServer: { be: true, otherwise: "nobody could ask whether the kubelet works, nor read logs" },
    rotateCertificates: { be: true, otherwise: "nodes would leave the cluster after a year" },
    runOnce: { be: false, otherwise: "the kubelet would end" },
};

/** The least that a number of the kubelet may be; it does not start with a lesser one. */
const kubeletLeast: Readonly<Record<string, number>> = {
    containerLogMaxFiles: 2,
    containerLogMaxWorkers: 1,
    eventBurst: 0,
    eventRecordQPS: 0,
    kubeAPIBurst: 0,
    kubeAPIQPS: 0,
    maxOpenFiles: 0,
    maxParallelImagePulls: 1,
    maxPods: 0,
    nodeLeaseDurationSeconds: 0,
    nodeStatusMaxImages: -1,
    podsPerCore: 0,
    registryBurst: 0,
    registryPullQPS: 0,
};

/** A component's configuration file. */
interface Component {
    /** Its kind, in the words of Kubernetes. */
    readonly kind: string;
    readonly kinds: ReadonlyMap<string, Kind>;
    /** The minor of Kubernetes 1 that brought a field, where not all have it. */
    readonly newFields: Readonly<Record<string, number>>;
    /** Fields that are not the user's. */
    readonly own: Readonly<Record<string, string>>;
    /** The words that a field takes, where it takes no others. */
    readonly words: Readonly<Record<string, readonly string[]>>;
    /** The least that a number may be, where not all are taken. */
    readonly least: Readonly<Record<string, number>>;
    /** What a field must be, where the cluster does not get by with anything else. */
    readonly must: typeof kubeletMust;
}

const kubelet: Component = {
    kind: "KubeletConfiguration",
    kinds: kindsOf(kubeletFields),
    newFields: newKubeletFields,
    own: ownKubeletFields,
    words: kubeletWords,
    least: kubeletLeast,
    must: kubeletMust,
};
const kubeProxy: Component = {
    kind: "KubeProxyConfiguration",
    kinds: kindsOf(kubeProxyFields),
    newFields: {},
    own: ownKubeProxyFields,
    words: {},
    least: {},
    must: {},
};

/** Fields of the kubelet that it has, of the right kind, and that the program does not set itself. */
export function kubeletRules(config: ClusterConfig): string[] {
    const version = config.kubernetesVersion;
    return [
        ...fieldProblems("kubelet", config.kubelet, kubelet, version),
        ...imageProblems("kubelet", config.kubelet),
        ...Object.entries(config.workerPools).flatMap(([pool, settings]) => [
            ...fieldProblems(`workerPools: ${pool}: kubelet`, settings.kubelet, kubelet, version),
            ...(Object.keys(settings.kubelet).some((field) => field.startsWith("imageGC"))
                ? imageProblems(`workerPools: ${pool}: kubelet`, { ...config.kubelet, ...settings.kubelet })
                : []),
        ]),
    ];
}

/** Fields of kube-proxy that it has, of the right kind, and that neither the program nor kubeadm sets itself. */
export function kubeProxyRules(config: ClusterConfig): string[] {
    return fieldProblems("kubeProxy", config.kubeProxy, kubeProxy, config.kubernetesVersion);
}

/** Kubernetes itself passes over a field that it does not know, and does not start with a value of another kind. */
function fieldProblems(key: string, fields: Fields, component: Component, version: string, above = ""): string[] {
    return Object.entries(fields).flatMap(([name, value]) => {
        const field = `${above}${name}`;
        const instead = component.own[field];
        if (instead !== undefined) {
            return [`${key}: ${field} ${instead}`];
        }
        const kind = component.kinds.get(field);
        if (kind !== undefined) {
            const problem =
                valueProblem(kind, value, component.newFields[field] ?? 0, version) ??
                wordProblem(component.words[field], value) ??
                leastProblem(component.least[field], value) ??
                mustProblem(component.must[field], value);
            return problem === undefined ? [] : [`${key}: ${field}${problem}`];
        }
        const inner = fieldsBelow(component, `${field}.`);
        if (inner.length === 0) {
            return [`${key}: ${field} is not a field of the ${component.kind}; ${hint(name, component, above)}`];
        }
        return isMap(value)
            ? fieldProblems(key, value, component, version, `${field}.`)
            : [`${key}: ${field}: ${JSON.stringify(value)} is not a map; its fields are ${inner.join(", ")}`];
    });
}

/** What is wrong with a field that the component has, after its name. */
function valueProblem(kind: Kind, value: Json, since: number, version: string): string | undefined {
    const { fits, unlike } = kinds[kind];
    return tooNew(since, version) ?? (fits(value) ? undefined : `: ${JSON.stringify(value)} ${unlike}`);
}

function wordProblem(words: readonly string[] | undefined, value: Json): string | undefined {
    // Nothing stands for the default.
    return words === undefined || ["", ...words].some((word) => word === value)
        ? undefined
        : `: ${JSON.stringify(value)} is not known; use ${words.join(" or ")}`;
}

function leastProblem(least: number | undefined, value: Json): string | undefined {
    return least === undefined || typeof value !== "number" || value >= least
        ? undefined
        : `: ${value} is too little; use ${least} or more`;
}

function mustProblem(must: Component["must"][string] | undefined, value: Json): string | undefined {
    return must === undefined || value === must.be
        ? undefined
        : `: with ${JSON.stringify(value)}, ${must.otherwise}; leave it out, for ${JSON.stringify(must.be)}`;
}

/** Images are deleted until they take less than the lower share. */
function imageProblems(
    key: string,
    { imageGCLowThresholdPercent: low = 80, imageGCHighThresholdPercent: high = 85 }: Fields,
): string[] {
    return typeof low === "number" && typeof high === "number" && low >= high
        ? [`${key}: imageGCLowThresholdPercent ${low} must be below imageGCHighThresholdPercent ${high}`]
        : [];
}

function hint(name: string, component: Component, above: string): string {
    const known = fieldsBelow(component, above);
    const like = nearest(name, known);
    if (like !== undefined) {
        return `did you mean ${above}${like}?`;
    }
    return above === ""
        ? "its fields are in the reference of Kubernetes"
        : `${above.slice(0, -1)} has ${known.join(", ")}`;
}

/** The names that come next after the beginning of a field's. */
function fieldsBelow({ kinds: known }: Component, above: string): string[] {
    const names = [...known.keys()].filter((field) => field.startsWith(above));
    return [...new Set(names.map((field) => field.slice(above.length).split(".")[0] ?? ""))];
}
