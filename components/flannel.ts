import { flannelImages } from "./software";
import { multiDocument, yamlDocument } from "./yamlDocument";

export interface FlannelArgs {
    readonly podSubnet: string;
    /** Whether the nodes translate addresses with nftables, or with iptables. */
    readonly nftables: boolean;
}

const namespace = "kube-flannel";
const [flanneld, cniPlugin] = flannelImages;
const labels = { app: "flannel", "k8s-app": "flannel", tier: "node" };
const commonLabels = { "k8s-app": "flannel" };
const rbac = "rbac.authorization.k8s.io";

const cniConfiguration = {
    name: "cbr0",
    cniVersion: "0.3.1",
    plugins: [
        { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
        { type: "portmap", capabilities: { portMappings: true } },
    ],
};

/** flannel's own kube-flannel.yml as `kubectl apply` takes it, with nftables and VXLAN. */
export function flannelManifest(args: FlannelArgs): string {
    const resources = [podNamespace, serviceAccount, clusterRole, clusterRoleBinding, configMap(args), daemonSet()];
    return multiDocument(...resources.map(yamlDocument));
}

const podNamespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
        name: namespace,
        labels: { ...commonLabels, "pod-security.kubernetes.io/enforce": "privileged" },
    },
};

const serviceAccount = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "flannel", namespace, labels: commonLabels },
};

const clusterRole = {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: "flannel", labels: commonLabels },
    rules: [
        { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
    ],
};

const clusterRoleBinding = {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: "flannel", labels: commonLabels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "flannel" },
    subjects: [{ kind: "ServiceAccount", name: "flannel", namespace }],
};

function configMap({ podSubnet, nftables }: FlannelArgs): Record<string, unknown> {
    const network = { Network: podSubnet, EnableNFTables: nftables, Backend: { Type: "vxlan" } };
    return {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "kube-flannel-cfg", namespace, labels },
        data: {
            "cni-conf.json": JSON.stringify(cniConfiguration, null, 2),
            "net-conf.json": JSON.stringify(network, null, 2),
        },
    };
}

function daemonSet(): Record<string, unknown> {
    return {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name: "kube-flannel-ds", namespace, labels },
        spec: {
            selector: { matchLabels: { app: "flannel", "k8s-app": "flannel" } },
            updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
            template: { metadata: { labels }, spec: podSpec() },
        },
    };
}

function podSpec(): Record<string, unknown> {
    return {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: linuxNodes } },
        hostNetwork: true,
        priorityClassName: "system-node-critical",
        serviceAccountName: "flannel",
        tolerations: [{ operator: "Exists" }],
        initContainers: [
            {
                name: "install-cni-plugin",
                image: cniPlugin,
                command: ["cp", "-f", "/flannel", "/opt/cni/bin/flannel"],
                volumeMounts: [{ name: "cni-plugin", mountPath: "/opt/cni/bin" }],
            },
            {
                name: "install-cni",
                image: flanneld,
                command: ["cp", "-f", "/etc/kube-flannel/cni-conf.json", "/etc/cni/net.d/10-flannel.conflist"],
                volumeMounts: [{ name: "cni", mountPath: "/etc/cni/net.d" }, configuration],
            },
        ],
        containers: [
            {
                name: "kube-flannel",
                image: flanneld,
                // Without it flannel takes the interface of the default route, which may be another one than the nodes' own.
                command: ["/opt/bin/flanneld", "--ip-masq", "--kube-subnet-mgr", "--iface=$(NODE_ADDRESS)"],
                env: [
                    { name: "NODE_ADDRESS", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
                    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                    { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                    { name: "EVENT_QUEUE_DEPTH", value: "5000" },
                    { name: "CONT_WHEN_CACHE_NOT_READY", value: "false" },
                ],
                resources: { requests: { cpu: "100m", memory: "50Mi" } },
                securityContext: { privileged: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
                volumeMounts: [
                    { name: "run", mountPath: "/run/flannel" },
                    configuration,
                    { name: "xtables-lock", mountPath: "/run/xtables.lock" },
                ],
            },
        ],
        volumes: [
            { name: "run", hostPath: { path: "/run/flannel" } },
            { name: "cni-plugin", hostPath: { path: "/opt/cni/bin" } },
            { name: "cni", hostPath: { path: "/etc/cni/net.d" } },
            { name: "flannel-cfg", configMap: { name: "kube-flannel-cfg" } },
            { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
        ],
    };
}

const linuxNodes = {
    nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }] }],
};

const configuration = { name: "flannel-cfg", mountPath: "/etc/kube-flannel/" };
