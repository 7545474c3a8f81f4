import { posix } from "node:path";
import type { ClusterConfig } from "./clusterConfig";
import { type Json, listOf, mapOf, mapWith, type Reader, text, trueOrFalse } from "./readers";
import { isDnsLabel, repeated } from "./names";

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

const certificateFolders = [
    "/etc/kubernetes/pki",
    "/etc/ssl/certs",
    "/etc/ca-certificates",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
];
/** What kubeadm lets each component see of its machine; some of it where it is there. */
export const seenPlaces: Readonly<Record<StaticPod, readonly string[]>> = {
    apiServer: certificateFolders,
    controllerManager: [...certificateFolders, "/etc/kubernetes/controller-manager.conf"],
    scheduler: ["/etc/kubernetes/scheduler.conf"],
};
/** Those of kubeadm, one of which a volume of the same name would stand for. */
const ownVolumes = /^(ca-certs|etc-.*|flexvolume-dir|k8s-certs|kubeconfig|usr-.*)$/;

export const extraVolumes: Reader<ExtraVolumes> = byStaticPod(listOf(readMount));

export const extraEnvs: Reader<ExtraEnvs> = byStaticPod(mapOf(text));

/** What kubeadm would write into manifests as it stands, and a kubelet or a component would not take. */
export function staticPodRules({ extraVolumes: volumes, extraEnvs: envs }: ClusterConfig): string[] {
    return [
        ...staticPods.flatMap((pod) => volumeProblems(pod, volumes[pod] ?? [])),
        ...Object.entries(envs).flatMap(([pod, variables]) =>
            Object.keys(variables)
                .filter((name) => !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name))
                .map((name) => `extraEnvs: ${pod}: "${name}" is not the name of a variable; for example HTTPS_PROXY`),
        ),
    ];
}

function volumeProblems(pod: StaticPod, mounts: readonly HostPathMount[]): string[] {
    const key = `extraVolumes: ${pod}:`;
    const names = mounts.map(({ name }) => name);
    const places = mounts.map(({ mountPath }) => plainPath(mountPath));
    const twice = (field: string, values: readonly string[]): string[] =>
        repeated(values).map((value) => `${key} ${field} ${value} is given more than once`);
    return [
        ...mounts.flatMap(({ name, hostPath, mountPath, pathType }) => [
            ...(isDnsLabel(name) ? [] : [`${key} "${name}" is not a DNS label; for example audit`]),
            ...(ownVolumes.test(name) ? [`${key} ${name} is a volume of kubeadm's; give it another name`] : []),
            ...[hostPath, mountPath].flatMap((path) => {
                const problem = pathProblem(path);
                return problem === undefined ? [] : [`${key} ${name}: "${path}" ${problem}`];
            }),
            ...(seenPlaces[pod].includes(plainPath(mountPath))
                ? [`${key} ${name}: kubeadm mounts ${mountPath} itself; give another mountPath`]
                : []),
            ...(pathTypes.includes(pathType)
                ? []
                : [`${key} ${name}: pathType "${pathType}" is not known; use ${pathTypes.slice(1).join(", ")}`]),
        ]),
        ...twice("name", names),
        ...twice("mountPath", places),
    ];
}

/** What is wrong with a path, after it; Kubernetes takes none on the machine that goes back up. */
function pathProblem(path: string): string | undefined {
    if (!path.startsWith("/")) {
        return "is not a path from the root; for example /etc/kubernetes/audit";
    }
    return path.split("/").includes("..") ? `goes back up; write ${posix.normalize(path)}` : undefined;
}

/** A path in the one form of all that lead to the same place. */
export function plainPath(path: string): string {
    return posix.normalize(path).replace(/\/$/, "");
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
