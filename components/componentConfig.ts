import { yamlDocument } from "./yamlDocument";

/** Settings in the words of a component's own configuration file. */
export type Settings = Readonly<Record<string, unknown>>;

/** How kube-proxy forwards Service traffic. */
export type ProxyMode = "nftables" | "iptables";

/** What kubelets do unless the settings say otherwise: only authorised requests, bounded logs, confined containers. */
const kubeletDefaults: Settings = {
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
    authorization: { mode: "Webhook" },
    cgroupDriver: "systemd",
    containerLogMaxFiles: 5,
    containerLogMaxSize: "10Mi",
    readOnlyPort: 0,
    rotateCertificates: true,
    seccompDefault: true,
};

/** The KubeletConfiguration of the cluster: defaults with these settings over them, field by field. */
export function kubeletConfiguration(settings: Settings): string {
    return yamlDocument({
        apiVersion: "kubelet.config.k8s.io/v1beta1",
        kind: "KubeletConfiguration",
        ...mergeSettings(kubeletDefaults, settings),
    });
}

/** The KubeProxyConfiguration of the cluster. */
export function kubeProxyConfiguration(mode: ProxyMode, settings: Settings): string {
    return yamlDocument({
        apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
        kind: "KubeProxyConfiguration",
        mode,
        ...settings,
    });
}

/** Settings with others over them. Objects merge field by field; lists and single values replace each other. */
export function mergeSettings(base: Settings, over: Settings): Settings {
    const merged = Object.entries(over).map(([key, value]) => {
        const below = base[key];
        return [key, isSettings(below) && isSettings(value) ? mergeSettings(below, value) : value] as const;
    });
    return { ...base, ...Object.fromEntries(merged) };
}

function isSettings(value: unknown): value is Settings {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
