import { createHash } from "node:crypto";
import { type FakeNode, fakeNode, type Run, type StubBody } from "./fakeNode";
import { programScript } from "./programScripts";

const settle = {
    "control-plane": programScript("settle"),
    worker: programScript("settle", "control-plane"),
};
const programs = ["kubeadm", "kubelet", "kubectl", "containerd", "runc", "cni-plugins", "etcd"];
const components = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
const clusterDocuments = "kind: ClusterConfiguration\n---\nkind: KubeProxyConfiguration\nmode: nftables";

export type Component = (typeof components)[number];

/** Folders of the machine: the static pods, kubeadm's certificates, and what the program keeps. */
export const manifests = "/etc/kubernetes/manifests";
export const certificates = "/etc/kubernetes/pki";
export const state = "/etc/kubernetes/pulumi-kubeadm";
/**
 * What kubeadm would write on this machine, and what the cluster holds: `mark`, `kube-proxy`, `version`, the `members` of etcd,
 * and how many control planes are `declared`.
 */
export const wanted = "/opt/wanted";
export const cluster = "/opt/cluster";
/** The images that containerd has; and what kubeadm says of those that it cannot pull, if there are any. */
export const images = "/opt/images";
export const refusal = "/opt/refusal";
/** What does not answer: a file with parts of the command lines of curl and kubectl. */
export const down = "/opt/down";

const controlPlaneValues = {
    ADDRESS: "10.0.0.11",
    KUBE_PROXY_MODE: "nftables",
    CERT_SANS: ["127.0.0.1", "api.example.com"],
    RENEW_BEFORE_DAYS: 90,
    RENEWAL: "",
    SNAPSHOT_SCRIPT: '#!/usr/bin/env bash\nexec etcd-snapshot "$@"',
    SNAPSHOT_CALENDAR: "",
    SNAPSHOT_DELAY_SECONDS: "",
    SNAPSHOT_KEEP: "28",
};

/** A node that is as described, with as much of kubeadm, the kubelet and the cluster as settle.sh sees of them. */
export interface RunningNode extends FakeNode {
    /** Has kubeadm write this manifest. A component does not become healthy with the flag `broken`. */
    kubeadmWrites(component: Component, text: string): void;
    /** Settles it; `before` is bash that comes before the script. */
    settle(values?: Readonly<Record<string, string | number | readonly string[]>>, before?: string): Run;
    /** What kubeadm was told. */
    kubeadm(): string[];
    /** What the kubelet runs: its flag by component. */
    running(): Readonly<Record<string, string>>;
}

/** A static pod with one flag. */
export function manifest(flag: string, version = "1.37.1"): string {
    return `spec:\n  containers:\n  - command:\n    - --flag=${flag}\n    image: registry.k8s.io/x:v${version}\n`;
}

/** A certificate for names, and a kubeconfig that holds one; `ends` is a date. */
export function certificate(ends: string, ...names: readonly string[]): string {
    return [`ends ${ends}`, ...names.map((name) => `name ${name}`), ""].join("\n");
}

/** The members of etcd with these last numbers of their addresses, as etcdctl lists them. */
export function etcdMembers(...numbers: readonly number[]): string {
    return numbers
        .map(String)
        .map((n) => `1a2b, started, control-plane-${n}, https://10.0.0.${n}:2380, https://10.0.0.${n}:2379, false\n`)
        .join("");
}

export function kubeconfigWith(text: string): string {
    return `    client-certificate-data: ${Buffer.from(text).toString("base64")}\n`;
}

/** Steps as a script said them, without the node's name in front. */
export function phases({ stdout }: Run): string[] {
    return stdout
        .trim()
        .split("\n")
        .map((line) => line.replace(/^[\w-]+: /, ""));
}

export function runningNode(role: "control-plane" | "worker"): RunningNode {
    settledFiles ??= filesOfFirstSettling();
    const node = installedNode(role);
    settledFiles.forEach(([file, text]) => {
        node.write(file, text.replaceAll("ROOT", node.path("")));
    });
    return node;
}

/** What the first settling of a machine writes: containerd's and the kubelet's own files. */
let settledFiles: (readonly [string, string])[] | undefined;

function filesOfFirstSettling(): (readonly [string, string])[] {
    const first = installedNode("worker");
    first.settle();
    return ["/etc/containerd/config.toml", "containerd.service", "kubelet.service"]
        .map((file) => (file.startsWith("/") ? file : `/etc/systemd/system/${file}`))
        .map((file) => [file, first.read(file).replaceAll(first.path(""), "ROOT")]);
}

function installedNode(role: "control-plane" | "worker"): RunningNode {
    const node = fakeNode();
    for (const name of programs) {
        node.write(`/opt/mirror/site/${name}`, name);
        node.write(`/usr/local/bin/${name}`, name, 0o755);
        node.write(`/usr/local/lib/pulumi-kubeadm/${name}`, "1.37.1");
    }
    node.write(
        "/usr/local/lib/pulumi-kubeadm/containerd",
        ["containerd", "cni-plugins", "runc"].map(sha256).join("\n"),
    );
    ["etcdctl", "etcdutl"].forEach((name) => {
        node.write(`/usr/local/bin/${name}`, "", 0o755);
        node.write(`/usr/local/lib/pulumi-kubeadm/${name}`, "site/etcd");
    });
    node.stub("etcd-snapshot");
    node.write(images, "registry.k8s.io/pause:3.10.2\n");
    node.write("/opt/mirror/SHA256SUMS", programs.map((name) => `${sha256(name)}  site/${name}\n`).join(""));
    node.socket("/run/containerd/containerd.sock");
    ["/var/lib/kubelet/config.yaml", `${wanted}/kubelet.yaml`].forEach((file) => {
        node.write(file, "kind: KubeletConfiguration\n");
    });
    if (role === "control-plane") {
        controlPlaneFiles(node);
    }
    Object.entries(commands(node)).forEach(([command, body]) => {
        node.stub(command, body);
    });
    return {
        ...node,
        kubeadmWrites: (component, text) => {
            node.write(`${wanted}/${component}.yaml`, text);
        },
        settle: (values, before = "") =>
            node.run(
                { render: (all) => `${before}\n${settle[role].render(all)}` },
                { ...valuesOf(node, role), ...values },
                "update",
            ),
        kubeadm: () => node.calls("kubeadm").map((line) => line.replace(/^kubeadm | --config FILE$/g, "")),
        running: () =>
            Object.fromEntries(
                components
                    .filter((each) => node.exists(`${manifests}/${each}.yaml`))
                    .map((each) => [each, /flag=(.*)/.exec(node.read(`${manifests}/${each}.yaml`))?.[1] ?? ""]),
            ),
    };
}

function controlPlaneFiles(node: FakeNode): void {
    components.forEach((component) => {
        node.write(`${manifests}/${component}.yaml`, manifest("old"));
        node.write(`${wanted}/${component}.yaml`, manifest("old"));
    });
    node.write(`${certificates}/apiserver.crt`, certificate("2999-01-01", "127.0.0.1", "api.example.com"));
    node.write(`${certificates}/etcd/server.crt`, certificate("2999-01-02"));
    node.write(`${certificates}/etcd/ca.key`, "a key");
    node.write(`${certificates}/ca.crt`, certificate("2001-01-01"));
    node.write("/etc/kubernetes/admin.conf", kubeconfigWith(certificate("2999-01-03")));
    node.write(`${state}/cert-sans`, "127.0.0.1 api.example.com\n");
    node.write(`${cluster}/mark`, sha256(`${clusterDocuments}\n`).slice(0, 16));
    node.write(`${cluster}/kube-proxy`, "mode: nftables");
    node.write(`${wanted}/kube-proxy`, "mode: nftables");
    node.write(`${cluster}/version`, '{\n  "gitVersion": "v1.37.1"\n}\n');
    node.write(`${cluster}/members`, etcdMembers(11, 12, 13));
    node.write(`${cluster}/declared`, "3");
    node.write("/proc/7/cgroup", "0::/kubepods.slice/kubepods-burstable-pod1.slice/cri-containerd-1.scope\n");
}

function valuesOf(node: FakeNode, role: "control-plane" | "worker") {
    const common = {
        NODE: `${role}-1`,
        ROLE: role,
        KUBERNETES_VERSION: "1.37.1",
        PAUSE_IMAGE: "registry.k8s.io/pause:3.10.2",
        CONTAINERD_SETTINGS: [],
        REGISTRIES: [],
        REGISTRY_HOSTS: [],
        IMAGES: ["registry.k8s.io/pause:3.10.2"],
        MIRROR: `file://${node.path("/opt/mirror")}`,
        DOWNLOADS: programs.map((name) => `${name} amd64 site/${name} - -`),
        CONFIG: `kind: InitConfiguration\n---\n${clusterDocuments}`,
        FILE_PATHS: [],
        FILE_MODES: [],
        FILE_CONTENTS: [],
    };
    return role === "worker" ? common : { ...common, ...controlPlaneValues };
}

/** The commands of a node: a container runs as long as its manifest is there. */
function commands(node: FakeNode): Record<string, StubBody> {
    const path = (file: string): string => node.path(file);
    const silent = `if [[ -e '${path(down)}' ]] && grep --quiet --fixed-strings --file '${path(down)}' <<<"$line"; then
        echo refused >&2
        exit 7
    fi\n`;
    const healthy = (component: Component) => `runs='${path(manifests)}/${component}.yaml'
        [[ -e $runs ]] && ! grep --quiet flag=broken "$runs" || { echo refused >&2; exit 7; }`;
    return {
        kubeadm: {
            "control-plane all --dry-run": `cp '${path(wanted)}'/kube-*.yaml "$KUBEADM_INIT_DRYRUN_DIR"`,
            "etcd local --dry-run": `cp '${path(wanted)}/etcd.yaml' "$KUBEADM_INIT_DRYRUN_DIR"`,
            "phase certs apiserver": `cp '${path(wanted)}/apiserver.crt' '${path(certificates)}'`,
            "config images pull": `! cat '${path(refusal)}' 2>/dev/null || exit 1`,
            "certs renew all": `cp -r '${path(wanted)}/renewed/.' '${path("/etc/kubernetes")}'`,
            "phase kubelet-config": `cp '${path(wanted)}/kubelet.yaml' '${path("/var/lib/kubelet/config.yaml")}'`,
            "phase addon all": `cp '${path(wanted)}/kube-proxy' '${path(cluster)}'`,
        },
        ctr: {
            "images list": `cat '${path(images)}'`,
            "containers list": 'echo "container-${line##*==}"',
            "tasks list": `echo TASK PID STATUS
                for file in '${path(manifests)}'/*.yaml; do
                  file=\${file##*/}
                  echo "container-\${file%.yaml} 7 RUNNING"
                done`,
        },
        tar: "",
        systemctl: { "is-active --quiet kubepods": "exit 3" },
        curl: `${silent} case $line in
            *SHA256SUMS*) cp '${path("/opt/mirror")}/SHA256SUMS' '${path("/run/pulumi-kubeadm.sums")}' ;;
            *127.0.0.1:6443/readyz) ${healthy("kube-apiserver")} ;;
            *:6443/version) cat '${path(cluster)}/version' ;;
            *:2381/*) ${healthy("etcd")} ;;
            *:10257/*) ${healthy("kube-controller-manager")} ;;
            *:10259/*) ${healthy("kube-scheduler")} ;;
            esac
            [[ $line != *--write-out* ]] || printf '\\n200'`,
        etcdctl: `${silent} [[ $line != *' member list' ]] || cat '${path(cluster)}/members'`,
        kubectl: `${silent} case $line in
            *'controlPlaneNodes}') cat '${path(cluster)}/declared' ;;
            *'get nodes'*) printf '10.0.0.%s\\n' 11 12 13 ;;
            *'described}') cat '${path(cluster)}/mark' ;;
            *'annotate --overwrite configmap'*) echo "\${line##*=}" >'${path(cluster)}/mark' ;;
            *'config\\.conf}') cat '${path(cluster)}/kube-proxy' ;;
            esac`,
        openssl,
    };
}

/** As openssl says it; it takes a name that is no address for one that any certificate has. */
const openssl = `
[[ $1 != dgst ]] || { sha256sum "\${!#}"; exit; }
if [[ $line == *' -in '* ]]; then text=$(<"\${!#}") || exit; else text=$(cat); fi
ends=\${text#ends } ends=\${ends%%$'\\n'*}
matches() { if grep --quiet --line-regexp "name $1" <<<"$text"; then echo does match; else echo does NOT match; fi; }
case $3 in
-checkhost) matches "$4" ;;
-checkip) if [[ $4 =~ ^[0-9.]+$ ]]; then matches "$4"; else echo does match; fi ;;
-checkend) (($(date --date "$ends" +%s) >= $(date +%s) + $4)) ;;
-enddate) date --utc --date "$ends" '+notAfter=%b %e %T %Y GMT' ;;
esac`;

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
