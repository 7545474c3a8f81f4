export interface EbsArgs {
    readonly clusterName: string;
    readonly region: string;
    /** How many control planes there are, on which the controller runs. */
    readonly controlPlanes: number;
}

/** AWS' EBS CSI driver, with the sidecars that its release was tested with. Digests are those of all architectures. */
export const ebsImages = {
    driver:
        "registry.k8s.io/provider-aws/aws-ebs-csi-driver:v1.63.1" +
        "@sha256:150de06f37bd1bc2ae09e311029edb4a14889b215f59ca3d4ba4e37f4668e867",
    provisioner:
        "registry.k8s.io/sig-storage/csi-provisioner:v6.3.0" +
        "@sha256:a4b0b1a37605b7b04a293e136edf7006ec1786a8eb3f4e5a945f81d667dcc371",
    attacher:
        "registry.k8s.io/sig-storage/csi-attacher:v4.12.0" +
        "@sha256:b9dc9a714a484ccdeeb6f86d88d4db9b7a5ecfc5a55da6db3a60bb3fa33c278a",
    resizer:
        "registry.k8s.io/sig-storage/csi-resizer:v2.2.1" +
        "@sha256:ea1d25e23479000c7e8eeb92d827df66258df4e482ca054c5e7ce3fc0f5c41a5",
    registrar:
        "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.17.0" +
        "@sha256:f9de845b170155199f2a2a3f9531cf13d78e31235e9db6b6582a8b0db0a50dad",
    livenessProbe:
        "registry.k8s.io/sig-storage/livenessprobe:v2.19.0" +
        "@sha256:06da0d5b8908072f2e4522692aee8dc119fba7247a9658497e1153992cd777e9",
} as const;

export const driver = "ebs.csi.aws.com";
export const namespace = "kube-system";
export const labels = { "app.kubernetes.io/name": "aws-ebs-csi-driver" };
export const controllerAccount = "ebs-csi-controller";
export const nodeAccount = "ebs-csi-node";

const socket = "/csi/csi.sock";
const healthPort = 9808;
const kubeletFolder = "/var/lib/kubelet";
const unprivileged = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
};
const socketMount = { name: "socket", mountPath: "/csi" };

/** What makes, attaches and resizes volumes, where the role of control planes is. */
export function controllerDeployment({ clusterName, region, controlPlanes }: EbsArgs): Record<string, unknown> {
    const selector = { ...labels, app: "ebs-csi-controller" };
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "ebs-csi-controller", namespace, labels },
        spec: {
            replicas: Math.min(2, controlPlanes),
            // There may be no other control plane for one more.
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
            selector: { matchLabels: selector },
            template: {
                metadata: { labels: selector },
                spec: {
                    // The instance's role answers to the host only: a pod is one hop too far.
                    hostNetwork: true,
                    dnsPolicy: "Default",
                    nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
                    priorityClassName: "system-cluster-critical",
                    serviceAccountName: controllerAccount,
                    tolerations: [
                        { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
                    ],
                    securityContext: {
                        runAsNonRoot: true,
                        runAsUser: 1000,
                        runAsGroup: 1000,
                        fsGroup: 1000,
                        seccompProfile: { type: "RuntimeDefault" },
                    },
                    containers: [
                        {
                            name: "ebs-plugin",
                            image: ebsImages.driver,
                            args: [
                                "controller",
                                `--endpoint=unix://${socket}`,
                                `--k8s-tag-cluster-id=${clusterName}`,
                                "--batching=true",
                                "--v=2",
                            ],
                            env: [{ name: "AWS_REGION", value: region }],
                            // It is open on the machine itself only; said here, it keeps two of them off one machine.
                            ports: [{ name: "healthz", containerPort: healthPort, hostPort: healthPort }],
                            livenessProbe: healthz("127.0.0.1"),
                            readinessProbe: healthz("127.0.0.1"),
                            ...memory(40, 256),
                            securityContext: unprivileged,
                            volumeMounts: [socketMount],
                        },
                        sidecar("csi-provisioner", ebsImages.provisioner, [
                            "--timeout=60s",
                            "--default-fstype=ext4",
                            "--extra-create-metadata",
                        ]),
                        sidecar("csi-attacher", ebsImages.attacher, ["--timeout=6m"]),
                        // AWS resizes volumes that are in use, so the resizer need not know pods.
                        sidecar("csi-resizer", ebsImages.resizer, [
                            "--timeout=60s",
                            "--handle-volume-inuse-error=false",
                        ]),
                        livenessProbe([`--http-endpoint=127.0.0.1:${healthPort}`, "--probe-timeout=60s"]),
                    ],
                    volumes: [{ name: "socket", emptyDir: {} }],
                },
            },
        },
    };
}

const nodeSelector = { ...labels, app: "ebs-csi-node" };

/** What formats and mounts volumes on each node. */
export const nodeDaemonSet = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "ebs-csi-node", namespace, labels },
    spec: {
        selector: { matchLabels: nodeSelector },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
        template: {
            metadata: { labels: nodeSelector },
            spec: {
                nodeSelector: { "kubernetes.io/os": "linux" },
                priorityClassName: "system-node-critical",
                serviceAccountName: nodeAccount,
                tolerations: [{ operator: "Exists" }],
                securityContext: { runAsUser: 0 },
                containers: [
                    {
                        name: "ebs-plugin",
                        image: ebsImages.driver,
                        args: [
                            "node",
                            `--endpoint=unix://${socket}`,
                            // The Node object says which instance it is; the metadata service does not answer to pods.
                            "--metadata-sources=kubernetes",
                            // The root of every machine, and the disk of etcd on control planes.
                            "--reserved-volume-attachments=2",
                            `--csi-mount-point-prefix=${kubeletFolder}/plugins/kubernetes.io/csi/${driver}/`,
                            "--v=2",
                        ],
                        env: [
                            { name: "CSI_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
                            // No node has the taint that it would wait for, and it could not change nodes.
                            { name: "DISABLE_TAINT_WATCHER", value: "true" },
                        ],
                        ports: [{ name: "healthz", containerPort: healthPort }],
                        livenessProbe: healthz(),
                        readinessProbe: healthz(),
                        ...memory(40, 256),
                        securityContext: { privileged: true, readOnlyRootFilesystem: true },
                        // A node that is drained waits until its volumes are detached.
                        lifecycle: { preStop: { exec: { command: ["/bin/aws-ebs-csi-driver", "pre-stop-hook"] } } },
                        volumeMounts: [
                            socketMount,
                            { name: "kubelet", mountPath: kubeletFolder, mountPropagation: "Bidirectional" },
                            { name: "devices", mountPath: "/dev" },
                        ],
                    },
                    {
                        name: "node-driver-registrar",
                        image: ebsImages.registrar,
                        args: [
                            `--csi-address=${socket}`,
                            `--kubelet-registration-path=${kubeletFolder}/plugins/${driver}/csi.sock`,
                            "--v=2",
                        ],
                        ...memory(32, 64),
                        securityContext: unprivileged,
                        volumeMounts: [socketMount, { name: "registration", mountPath: "/registration" }],
                    },
                    livenessProbe([]),
                ],
                volumes: [
                    {
                        name: "socket",
                        hostPath: { path: `${kubeletFolder}/plugins/${driver}/`, type: "DirectoryOrCreate" },
                    },
                    { name: "kubelet", hostPath: { path: kubeletFolder, type: "Directory" } },
                    {
                        name: "registration",
                        hostPath: { path: `${kubeletFolder}/plugins_registry/`, type: "Directory" },
                    },
                    { name: "devices", hostPath: { path: "/dev", type: "Directory" } },
                ],
            },
        },
    },
};

function sidecar(name: string, image: string, args: readonly string[]): Record<string, unknown> {
    const common = [`--csi-address=${socket}`, "--leader-election=true", "--kube-api-qps=20", "--kube-api-burst=100"];
    return {
        name,
        image,
        args: [...common, ...args, "--v=2"],
        ...memory(40, 256),
        securityContext: unprivileged,
        volumeMounts: [socketMount],
    };
}

function livenessProbe(args: readonly string[]): Record<string, unknown> {
    return {
        name: "liveness-probe",
        image: ebsImages.livenessProbe,
        args: [`--csi-address=${socket}`, ...args],
        ...memory(32, 64),
        securityContext: unprivileged,
        volumeMounts: [socketMount],
    };
}

function healthz(host?: string): Record<string, unknown> {
    return {
        httpGet: { ...(host === undefined ? {} : { host }), path: "/healthz", port: healthPort },
        initialDelaySeconds: 10,
        periodSeconds: 10,
        timeoutSeconds: host === undefined ? 3 : 60,
        failureThreshold: 5,
    };
}

/** Least and most memory of a container, in MiB. */
function memory(requested: number, limit: number): Record<string, unknown> {
    return { resources: { requests: { cpu: "10m", memory: `${requested}Mi` }, limits: { memory: `${limit}Mi` } } };
}
