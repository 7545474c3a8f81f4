import type { ClusterConfig, Json } from "../config";
import { isDnsLabel, repeated } from "./names";
import { listOf, mapOf, mapWith, type Reader, text, trueOrFalse } from "./readers";

/** Components of the control plane, as kubeadm's ClusterConfiguration names them. */
export const staticPods = ["apiServer", "controllerManager", "scheduler"] as const;

export type StaticPod = (typeof staticPods)[number];

/** kubeadm's HostPathMount: a file or folder of the machine that a static pod sees. */
export interface HostPathMount {
    readonly name: string;
    /** On the machine. */
    readonly hostPath: string;
    /** In the pod. */
    readonly mountPath: string;
    readonly readOnly: boolean;
    /** Directory, File and so on; empty for no check. @default empty */
    readonly pathType: string;
}

/** Volumes by the component that gets them. */
export type ExtraVolumes = Readonly<Partial<Record<StaticPod, readonly HostPathMount[]>>>;

/** Environment variables by the component that gets them. */
export type ExtraEnvs = Readonly<Partial<Record<StaticPod, Readonly<Record<string, string>>>>>;

const fields = ["name", "hostPath", "mountPath", "readOnly", "pathType"] as const;
const example = "{name: audit, hostPath: /etc/kubernetes/audit, mountPath: /etc/kubernetes/audit, readOnly: true}";
// Of Kubernetes' HostPathVolumeSource.
const pathTypes = ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];

/** The folders of the machine that kubeadm lets the API server see; some of them, where they are there. */
export const seenFolders = [
    "/etc/kubernetes/pki",
    "/etc/ssl/certs",
    "/etc/ca-certificates",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
];
/** What kubeadm mounts itself. */
const ownPlaces = [...seenFolders, "/etc/kubernetes/controller-manager.conf", "/etc/kubernetes/scheduler.conf"];
/** Those of kubeadm, one of which a volume of the same name would stand for. */
const ownVolumes = /^(ca-certs|etc-.*|flexvolume-dir|k8s-certs|kubeconfig|usr-.*)$/;

export const extraVolumes: Reader<ExtraVolumes> = byStaticPod(listOf(readMount));

export const extraEnvs: Reader<ExtraEnvs> = byStaticPod(mapOf(text));

/** What kubeadm would write into manifests as it stands, and a kubelet or a component would not take. */
export function staticPodRules({ extraVolumes: volumes, extraEnvs: envs }: ClusterConfig): string[] {
    return [
        ...Object.entries(volumes).flatMap(([pod, mounts]) => volumeProblems(`extraVolumes: ${pod}:`, mounts)),
        ...Object.entries(envs).flatMap(([pod, variables]) =>
            Object.keys(variables)
                .filter((name) => !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name))
                .map((name) => `extraEnvs: ${pod}: "${name}" is not the name of a variable; for example HTTPS_PROXY`),
        ),
    ];
}

function volumeProblems(key: string, mounts: readonly HostPathMount[]): string[] {
    const twice = (field: "name" | "mountPath"): string[] =>
        repeated(mounts.map((mount) => mount[field])).map(
            (value) => `${key} ${field} ${value} is given more than once`,
        );
    return [
        ...mounts.flatMap(({ name, hostPath, mountPath, pathType }) => [
            ...(isDnsLabel(name) ? [] : [`${key} "${name}" is not a DNS label; for example audit`]),
            ...(ownVolumes.test(name) ? [`${key} ${name} is a volume of kubeadm's; give it another name`] : []),
            ...[hostPath, mountPath]
                .filter((path) => !path.startsWith("/"))
                .map(
                    (path) =>
                        `${key} ${name}: "${path}" is not a path from the root; for example /etc/kubernetes/audit`,
                ),
            ...(ownPlaces.includes(mountPath)
                ? [`${key} ${name}: kubeadm mounts ${mountPath} itself; give another mountPath`]
                : []),
            ...(pathTypes.includes(pathType)
                ? []
                : [`${key} ${name}: pathType "${pathType}" is not known; use ${pathTypes.slice(1).join(", ")}`]),
        ]),
        ...twice("name"),
        ...twice("mountPath"),
    ];
}

function byStaticPod<T>(read: Reader<T>): Reader<Partial<Record<StaticPod, T>>> {
    return (value) => mapOf(read)(mapWith("static pods are", staticPods, value));
}

function readMount(value: Json): HostPathMount {
    const { name, hostPath, mountPath, readOnly, pathType } = mapWith("a volume has", fields, value);
    if (name === undefined || hostPath === undefined || mountPath === undefined) {
        throw new Error(`${JSON.stringify(value)} lacks name, hostPath or mountPath; for example ${example}`);
    }
    return {
        name: text(name),
        hostPath: text(hostPath),
        mountPath: text(mountPath),
        readOnly: readOnly === undefined ? false : trueOrFalse(text(readOnly)),
        pathType: pathType === undefined ? "" : text(pathType),
    };
}
