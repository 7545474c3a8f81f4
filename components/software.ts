import { pinnedChecksums } from "./checksums";

/** Processor architectures that the program's software exists for. */
export type Architecture = "arm64" | "amd64";

/** The Kubernetes minors that the program makes clusters of. */
export type KubernetesMinor = "1.35" | "1.36" | "1.37";

/** Versions that do not depend on the Kubernetes version; `offline/build-mirror.sh` builds the same. */
export const software = {
    /** Used when the configuration names none. */
    kubernetes: "1.37.1",
    containerd: "2.3.7",
    runc: "1.4.3",
    cniPlugins: "1.9.1",
    flannel: "0.28.9",
    flannelCniPlugin: "1.9.1-flannel3",
} as const;

/** Images of flannel under its publisher's names. */
export const flannelImages = [
    `ghcr.io/flannel-io/flannel:v${software.flannel}`,
    `ghcr.io/flannel-io/flannel-cni-plugin:v${software.flannelCniPlugin}`,
] as const;

/** What goes with a Kubernetes minor. */
export interface KubernetesParts {
    /** Tag of the image that kubeadm asks for. */
    readonly etcdImage: string;
    /** Tag of the image that kubeadm asks for. */
    readonly corednsImage: string;
    /** Tag of the image that kubeadm asks for, and containerd's sandbox image. */
    readonly pauseImage: string;
    /** Release whose etcd, etcdctl and etcdutl run outside of images. */
    readonly etcdRelease: string;
    /** The oldest etcd from which an upgrade to this minor is safe, by etcd's own upgrade guides. */
    readonly etcdMinimum: string;
}

/** kubeadm's own defaults per minor, as `kubeadm config images list` prints them. */
export const kubernetesParts: Readonly<Record<KubernetesMinor, KubernetesParts>> = {
    "1.35": {
        etcdImage: "3.6.6-0",
        corednsImage: "v1.13.1",
        pauseImage: "3.10.1",
        etcdRelease: "3.6.14",
        etcdMinimum: "3.5.32",
    },
    "1.36": {
        etcdImage: "3.6.8-0",
        corednsImage: "v1.14.2",
        pauseImage: "3.10.2",
        etcdRelease: "3.6.14",
        etcdMinimum: "3.5.32",
    },
    "1.37": {
        etcdImage: "3.7.0-0",
        corednsImage: "v1.14.6",
        pauseImage: "3.10.2",
        etcdRelease: "3.7.3",
        etcdMinimum: "3.6.11",
    },
};

/** A file that a release site has. */
export interface Download {
    readonly name: "kubeadm" | "kubelet" | "kubectl" | "containerd" | "runc" | "cni-plugins" | "etcd";
    /** Host and path: `https://<path>` at its publisher, `<mirror>/<path>` in a mirror. */
    readonly path: string;
    /** The file's checksum where it is pinned. */
    readonly sha256?: string;
    /** Path of the publisher's own file of checksums. */
    readonly checksums: string;
}

/** What goes with this Kubernetes version, for example `1.37.1`. */
export function partsOf(kubernetesVersion: string): KubernetesParts {
    const minor = kubernetesVersion.split(".").slice(0, 2).join(".");
    if (!isSupported(minor)) {
        const supported = Object.keys(kubernetesParts).join(", ");
        throw new Error(`Kubernetes ${kubernetesVersion} is not supported; supported are the minors ${supported}`);
    }
    return kubernetesParts[minor];
}

/** Images that a node of this role may run, by the names that kubeadm asks for. CoreDNS may run on any node. */
export function nodeImages(kubernetesVersion: string, role: "control-plane" | "worker"): string[] {
    const { etcdImage, corednsImage, pauseImage } = partsOf(kubernetesVersion);
    const anywhere = [`kube-proxy:v${kubernetesVersion}`, `coredns/coredns:${corednsImage}`, `pause:${pauseImage}`];
    const onControlPlanes = [
        `etcd:${etcdImage}`,
        ...["apiserver", "controller-manager", "scheduler"].map((name) => `kube-${name}:v${kubernetesVersion}`),
    ];
    const images = role === "worker" ? anywhere : [...anywhere, ...onControlPlanes];
    return images.map((image) => `registry.k8s.io/${image}`);
}

/** All files that a machine may need for this Kubernetes version. */
export function downloads(kubernetesVersion: string, architecture: Architecture): Download[] {
    const { containerd, runc, cniPlugins } = software;
    const etcd = partsOf(kubernetesVersion).etcdRelease;
    const kubernetes = `dl.k8s.io/release/v${kubernetesVersion}/bin/linux/${architecture}`;
    const containerdFile = `containerd-${containerd}-linux-${architecture}.tar.gz`;
    const cniFile = `cni-plugins-linux-${architecture}-v${cniPlugins}.tgz`;
    const containerdRelease = githubRelease("containerd/containerd", containerd);
    const runcRelease = githubRelease("opencontainers/runc", runc);
    const cniRelease = githubRelease("containernetworking/plugins", cniPlugins);
    const etcdRelease = githubRelease("etcd-io/etcd", etcd);
    return [
        download("kubeadm", `${kubernetes}/kubeadm`, `${kubernetes}/kubeadm.sha256`),
        download("kubelet", `${kubernetes}/kubelet`, `${kubernetes}/kubelet.sha256`),
        download("kubectl", `${kubernetes}/kubectl`, `${kubernetes}/kubectl.sha256`),
        download(
            "containerd",
            `${containerdRelease}/${containerdFile}`,
            `${containerdRelease}/${containerdFile}.sha256sum`,
        ),
        download("runc", `${runcRelease}/runc.${architecture}`, `${runcRelease}/runc.sha256sum`),
        download("cni-plugins", `${cniRelease}/${cniFile}`, `${cniRelease}/${cniFile}.sha256`),
        download("etcd", `${etcdRelease}/etcd-v${etcd}-linux-${architecture}.tar.gz`, `${etcdRelease}/SHA256SUMS`),
    ];
}

function githubRelease(repository: string, version: string): string {
    return `github.com/${repository}/releases/download/v${version}`;
}

function download(name: Download["name"], path: string, checksums: string): Download {
    const sha256 = pinnedChecksums[path];
    return sha256 === undefined ? { name, path, checksums } : { name, path, sha256, checksums };
}

function isSupported(minor: string): minor is KubernetesMinor {
    return Object.hasOwn(kubernetesParts, minor);
}

/** All files of a Kubernetes version as a script takes them: name, architecture, path, checksum or "-", checksums. */
export function downloadLines(kubernetesVersion: string): string[] {
    return (["amd64", "arm64"] as const).flatMap((architecture) =>
        downloads(kubernetesVersion, architecture).map(({ name, path, sha256, checksums }) =>
            [name, architecture, path, sha256 ?? "-", checksums].join(" "),
        ),
    );
}
