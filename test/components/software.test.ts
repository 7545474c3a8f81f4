import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { downloads, nodeImages, partsOf, software } from "../../components/software";

const offline = join(__dirname, "..", "..", "offline");
const modules = join(offline, "modules");

/** Kubernetes versions that can be built. */
const versions = readdirSync(modules).flatMap((name) => /^kubernetes-(.*)$/.exec(name)?.slice(1) ?? []);

describe("downloads", () => {
    it("names the file of each program at its publisher", () => {
        const paths = downloads("1.37.1", "arm64").map(({ name, path }) => `${name} ${path}`);

        assert.deepEqual(paths, [
            "kubeadm dl.k8s.io/release/v1.37.1/bin/linux/arm64/kubeadm",
            "kubelet dl.k8s.io/release/v1.37.1/bin/linux/arm64/kubelet",
            "kubectl dl.k8s.io/release/v1.37.1/bin/linux/arm64/kubectl",
            "containerd github.com/containerd/containerd/releases/download/v2.3.7/containerd-2.3.7-linux-arm64.tar.gz",
            "runc github.com/opencontainers/runc/releases/download/v1.4.3/runc.arm64",
            "cni-plugins github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz",
            "etcd github.com/etcd-io/etcd/releases/download/v3.7.3/etcd-v3.7.3-linux-arm64.tar.gz",
        ]);
    });

    it("gives the pinned checksum of a file that has one", () => {
        const pinned = downloads("1.36.4", "amd64").map(({ name, sha256 }) => [name, sha256?.slice(0, 8)]);

        assert.deepEqual(pinned, [
            ["kubeadm", "10d05458"],
            ["kubelet", "cf2562db"],
            ["kubectl", "8b8f088d"],
            ["containerd", undefined],
            ["runc", "f6ae8efc"],
            ["cni-plugins", "b98f74a0"],
            ["etcd", "ffe840ff"],
        ]);
    });

    it("takes the etcd release of the Kubernetes minor", () => {
        const etcd = downloads("1.35.8", "amd64").find(({ name }) => name === "etcd");

        assert.equal(etcd?.checksums, "github.com/etcd-io/etcd/releases/download/v3.6.14/SHA256SUMS");
    });

    it("refuses a minor that it knows nothing of", () => {
        assert.throws(() => downloads("1.34.2", "amd64"), {
            message: "Kubernetes 1.34.2 is not supported; supported are the minors 1.35, 1.36, 1.37",
        });
    });
});

describe("nodeImages", () => {
    it("are those of `kubeadm config images list` on a control plane", () => {
        assert.deepEqual(nodeImages("1.36.4", "control-plane"), [
            "registry.k8s.io/kube-proxy:v1.36.4",
            "registry.k8s.io/coredns/coredns:v1.14.2",
            "registry.k8s.io/pause:3.10.2",
            "registry.k8s.io/etcd:3.6.8-0",
            "registry.k8s.io/kube-apiserver:v1.36.4",
            "registry.k8s.io/kube-controller-manager:v1.36.4",
            "registry.k8s.io/kube-scheduler:v1.36.4",
        ]);
    });

    it("are those of pods that may run anywhere on a worker", () => {
        assert.deepEqual(nodeImages("1.37.1", "worker"), [
            "registry.k8s.io/kube-proxy:v1.37.1",
            "registry.k8s.io/coredns/coredns:v1.14.6",
            "registry.k8s.io/pause:3.10.2",
        ]);
    });
});

describe("the software that offline/ builds", () => {
    it("is of the versions that the program asks for", () => {
        const script = readFileSync(join(offline, "build-mirror.sh"), "utf8");
        const built = new Map(
            Array.from(script.matchAll(/\b([a-z_]+)=([0-9][\w.-]*)/g), ([, name, version]) => [name, version]),
        );

        assert.equal(built.get("containerd"), software.containerd);
        assert.equal(built.get("runc"), software.runc);
        assert.equal(built.get("cni_plugins"), software.cniPlugins);
        assert.equal(built.get("flannel"), software.flannel);
        assert.equal(built.get("flannel_cni_plugin"), software.flannelCniPlugin);
    });

    it("has the default Kubernetes version", () => {
        assert.ok(versions.includes(software.kubernetes), versions.join(", "));
    });

    versions.forEach((version) => {
        it(`has the etcd and CoreDNS of Kubernetes ${version}`, () => {
            const { corednsImage, etcdRelease } = partsOf(version);
            const parts = readFileSync(join(modules, `kubernetes-${version}`, "parts"), "utf8").trim();

            assert.equal(parts, `etcd-${etcdRelease} coredns-${corednsImage.slice(1)}`);
            assert.deepEqual(
                parts.split(" ").filter((part) => !readdirSync(modules).includes(part)),
                [],
            );
        });

        it(`has all modules of Kubernetes ${version} in that version`, () => {
            const module = readFileSync(join(modules, `kubernetes-${version}`, "go.mod"), "utf8");
            const replaced = [...module.matchAll(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ v(\S+)$/gm)].map(([, own]) => own);

            assert.match(module, new RegExp(`^\tk8s\\.io/kubernetes v${version} // indirect$`, "m"));
            assert.deepEqual([...new Set(replaced)], [version.replace("1.", "0.")]);
        });
    });
});
