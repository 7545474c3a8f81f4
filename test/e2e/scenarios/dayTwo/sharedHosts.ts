import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { haproxyCaFile } from "../../../../components/haproxyConfig";
import { kubeletInContainer, kubeProxyInContainer } from "../../../../components/platforms/local";
import { type LocalCluster, project, type Settings } from "../../support/cluster";
import { lines, run } from "../../support/command";
import type { ExistingMachines } from "../../support/existingMachines";

/** What containers need instead of machines. */
export const containerSettings: Settings = {
    mirror: "file:///opt/mirror",
    allowCgroupV1: true,
    kubelet: kubeletInContainer,
    kubeProxy: kubeProxyInContainer,
};

/** What a person does with the key, and what the stack's file then has of it. */
export async function encrypted(of: LocalCluster, key: string): Promise<unknown> {
    const set = ["config", "set", "--secret", "hostsKey"];
    await run(join(project, "scripts", "pulumi.sh"), set, { environment: of.environment(), input: key });
    // What YAML gives has no type of its own.
    const { config } = parse(readFileSync(join(project, `Pulumi.${of.stack}.yaml`), "utf8")) as {
        config: Record<string, unknown>;
    };
    return config["pulumi-kubeadm:hostsKey"];
}

/** Asserts that a machine has nothing of the cluster any more. */
export async function isClear(machines: ExistingMachines, number: number): Promise<void> {
    const left = await machines.on(
        number,
        `ls -d /etc/kubernetes /var/lib/kubelet /var/lib/etcd/member /etc/cni/net.d /opt/cni/bin /var/lib/pulumi-kubeadm /etc/etcd \\
            /usr/local/lib/pulumi-kubeadm /usr/local/bin/{kubelet,kubeadm,kubectl,containerd,etcd,etcdctl} ${haproxyCaFile} \\
            /etc/systemd/system/{kubelet,containerd,etcd}.service 2>/dev/null || true
        ip -o link | grep -oE 'cni0|flannel\\.1' || true
        nft list tables 2>/dev/null | grep kube-proxy || true
        iptables-save 2>/dev/null | grep -E 'KUBE-|FLANNEL-|CNI-' || true
        getent passwd etcd || true
        ps -e -o comm= | grep -E 'kube|etcd|containerd|haproxy' || true`,
    );
    assert.deepEqual(lines(left).filter(Boolean), []);
}
