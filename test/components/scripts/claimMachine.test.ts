import assert from "node:assert/strict";
import { haproxyCaFile } from "../../../components/haproxyConfig";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const claim = programScript("claim-machine");
const values = { NODE: "node-1", CLUSTER: "prod 1a2b", IDENTITY: "10.0.0.11 key" };
const mark = "/var/lib/pulumi-kubeadm/machine-of";
const records = "/usr/local/lib/pulumi-kubeadm";
const programs = "/usr/local/bin";
const units = "/etc/systemd/system";
const mounts = "/proc/self/mounts";

/** Files that the program leaves on a machine, by what the machine is. */
const leaves = {
    worker: [
        ...["containerd", "kubeadm", "kubelet", "kubectl"].map((name) => `${records}/${name}`),
        ...["containerd", "containerd-shim-runc-v2", "containerd-stress", "ctr"].map((name) => `${programs}/${name}`),
        ...["kubeadm", "kubelet", "kubectl"].map((name) => `${programs}/${name}`),
        "/usr/local/sbin/runc",
        ...["kubelet", "containerd"].map((unit) => `${units}/${unit}.service`),
        "/etc/kubernetes/pki/ca.crt",
        "/etc/kubernetes/kubelet.conf",
        "/etc/kubernetes/bootstrap-kubelet.conf",
        "/etc/kubernetes/tmp/kubeadm-kubelet-config1/config.yaml",
        "/etc/kubernetes/pulumi-kubeadm/member",
        "/etc/containerd/config.toml",
        "/etc/containerd/certs.d/docker.io/hosts.toml",
        "/etc/cni/net.d/10-flannel.conflist",
        "/etc/modules-load.d/kubernetes.conf",
        "/etc/sysctl.d/90-kubernetes.conf",
        "/opt/cni/bin/bridge",
        "/var/lib/kubelet/config.yaml",
        "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db",
        "/var/lib/cni/networks/cbr0/10.244.1.2",
        "/var/log/pods/kube-system_kube-proxy/0.log",
        "/var/log/containers/kube-proxy.log",
        "/var/log/pulumi-kubeadm/join.log",
        "/var/lib/pulumi-kubeadm/kubernetes-version",
        "/var/cache/pulumi-kubeadm/kubelet",
        "/run/flannel/subnet.env",
        "/run/containerd/containerd.sock.ttrpc",
    ],
    controlPlane: [
        ...["etcdctl", "etcdutl"].flatMap((name) => [`${records}/${name}`, `${programs}/${name}`]),
        ...["etcd-snapshot", "etcd-snapshot.conf", "join-token"].map((name) => `${records}/${name}`),
        ...["etcd-snapshot", "join-token"].flatMap((name) => [
            `${units}/pulumi-kubeadm-${name}.timer`,
            `${units}/pulumi-kubeadm-${name}.service`,
        ]),
        "/etc/kubernetes/manifests/etcd.yaml",
        "/etc/kubernetes/pki/etcd/ca.crt",
        ...["admin", "super-admin", "controller-manager", "scheduler"].map((name) => `/etc/kubernetes/${name}.conf`),
        "/var/lib/etcd/member/snap/db",
        "/var/lib/pulumi-kubeadm/etcd-snapshots/etcd-1.db",
    ],
    member: [
        ...["etcd", "etcdctl", "etcdutl"].flatMap((name) => [`${records}/${name}`, `${programs}/${name}`]),
        `${records}/etcd-user`,
        `${units}/etcd.service`,
        "/etc/etcd/pki/ca.crt",
        "/etc/etcd/first-start.env",
        "/etc/kubernetes/pulumi-kubeadm/files.sha256",
        "/var/lib/etcd/member/snap/db",
        "/var/lib/pulumi-kubeadm/etcd-member",
    ],
    loadBalancer: ["/etc/haproxy/haproxy.cfg", haproxyCaFile, "/etc/kubernetes/pulumi-kubeadm/files.sha256"],
    admin: [`${records}/kubectl`, `${programs}/kubectl`, "/var/lib/pulumi-kubeadm/origin"],
} as const;

/** What others have on a machine. */
const foreign = [
    `${programs}/kubectx`,
    `${programs}/nerdctl`,
    `${units}/app.service`,
    "/etc/haproxy/errors/400.http",
    "/etc/containerd/certs.d/registry.example/hosts.toml",
    "/var/lib/app/data",
];

describe("claim-machine.sh, when a machine comes,", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("systemctl", "exit 1");
        node.stub("dpkg");
    });

    it("notes on it whose it is, once", () => {
        assert.deepEqual([claimed().stdout, claimed().stderr], ["node-1: claiming the machine\n", ""]);
        assert.equal(node.read(mark), "prod 1a2b\n10.0.0.11 key\n");
    });

    it("keeps the claim of a machine that is in use by then", () => {
        claimed();
        node.write("/etc/kubernetes/kubelet.conf");

        assert.equal(claimed().status, 0);
    });

    it("clears one that was claimed as another machine, since it was not reached when that left", () => {
        claimed();
        node.write("/etc/kubernetes/kubelet.conf");
        node.write(`${records}/containerd`);
        node.write(mounts, "/dev/sda1 / ext4 rw 0 0\n");
        node.stub("systemctl", { " cat ": "exit 1" });

        const run = claimed({ IDENTITY: "10.0.0.11 key 1" });

        assert.deepEqual([run.status, run.stderr], [0, ""]);
        assert.match(run.stdout, /^node-1: claiming the machine\nnode-1: clearing it, since it was not reached when/);
        assert.ok(!node.exists("/etc/kubernetes"));
        assert.equal(node.read(mark), "prod 1a2b\n10.0.0.11 key 1\n");
    });

    it("keeps what an earlier version of this program has claimed, and notes as what", () => {
        node.write(mark, "prod 1a2b\n");
        node.write("/etc/kubernetes/kubelet.conf");

        assert.equal(claimed().stdout, "node-1: claiming the machine\n");
        assert.ok(node.exists("/etc/kubernetes/kubelet.conf"));
        assert.equal(node.read(mark), "prod 1a2b\n10.0.0.11 key\n");
    });

    it("refuses the machine of another cluster", () => {
        node.write(mark, "prod ffff\n");

        const run = claimed();

        assert.match(run.stderr, /seen: {4}it is a machine of the cluster prod ffff\n/);
        assert.equal(node.read(mark), "prod ffff\n");
    });

    it("names all other uses of a machine, and changes nothing", () => {
        node.write("/etc/kubernetes/pki/ca.crt");
        node.write("/var/lib/etcd/member/snap/db");
        node.write("/etc/haproxy/haproxy.cfg", "of somebody");
        node.stub("systemctl", { "cat docker.service": "", "": "exit 1" });
        node.stub("dpkg", `[[ $line != *--verify* ]] || echo '??5?????? c ${node.path("/etc/haproxy/haproxy.cfg")}'`);

        const run = claimed();

        assert.match(
            run.stderr,
            /there is \S+\/pki\/ca\.crt; there is \S+\/etcd\/member; there is a service docker; HAProxy has a configuration of somebody's; it has another use\n/,
        );
        assert.equal(node.exists(mark), false);
    });

    it("takes one with HAProxy as its package brings it", () => {
        node.write("/etc/haproxy/haproxy.cfg", "of the package");

        assert.equal(claimed().status, 0);
    });

    it("refuses one with an HAProxy that no package has brought, and that runs", () => {
        node.write("/etc/haproxy/haproxy.cfg", "of somebody");
        node.stub("dpkg", "exit 1");
        node.stub("systemctl", { "is-active --quiet haproxy": "", "": "exit 1" });

        assert.match(claimed().stderr, /seen: {4}HAProxy has a configuration of somebody's; it has another use\n/);
    });

    function claimed(others: Partial<typeof values> = {}): Run {
        return node.run(claim, { ...values, ...others }, "create");
    }
});

describe("claim-machine.sh, when a machine leaves,", () => {
    let node: FakeNode;
    let before: Readonly<Record<string, string>>;

    beforeEach(() => {
        node = fakeNode();
        node.write(mounts, "/dev/sda1 / ext4 rw 0 0\n");
        foreign.forEach((file) => {
            node.write(file);
        });
        // What is below /run goes with the machine's next start; a lock that goes sooner is none.
        node.write("/run/pulumi-kubeadm-node-1.lock");
        before = node.files();
        ["ip", "userdel", "getent", "haproxy"].forEach((command) => {
            node.stub(command);
        });
        node.stub("nft", "exit 1");
        node.stub("umount", `grep -vF " \${!#} " '${node.path(mounts)}' >"$LOG/m"; cp "$LOG/m" '${node.path(mounts)}'`);
    });

    const machines = [
        { title: "a worker", files: leaves.worker },
        { title: "a control plane", files: [...leaves.worker, ...leaves.controlPlane] },
        { title: "a member of external etcd", files: leaves.member },
        { title: "the load balancer, where kubectl runs", files: [...leaves.loadBalancer, ...leaves.admin] },
        { title: "a machine with none of it", files: [] },
        {
            title: "a machine of which an earlier run had removed half",
            files: [`${records}/containerd`, `${records}/kubelet`],
        },
    ];

    machines.forEach(({ title, files }) => {
        it(`leaves of ${title} what was there before, and finds nothing to do the next time`, () => {
            put(files);

            const run = resetNode();

            assert.deepEqual([run.status, run.stderr], [0, ""]);
            assert.deepEqual(node.files(), before);
            assert.equal(resetNode().status, 0);
            assert.deepEqual(node.files(), before);
        });
    });

    it("has what runc had frozen go on, so that it ends", () => {
        put(leaves.worker);
        const [own, others] = ["kubepods.slice/pod", "user.slice"].map(
            (name) => `/sys/fs/cgroup/freezer/${name}/freezer.state`,
        );
        node.write(own ?? "", "FROZEN");
        node.write(others ?? "", "FROZEN");

        assert.equal(resetNode().status, 0);
        assert.equal(node.read(own ?? ""), "THAWED\n");
        assert.equal(node.read(others ?? ""), "FROZEN");
    });

    it("ends a control plane in the order in which nothing starts it again", () => {
        put([...leaves.worker, ...leaves.controlPlane]);

        const run = resetNode();

        assert.deepEqual(run.stdout.trim().split("\n"), [
            "node-1: ending what runs on a schedule",
            "node-1: ending its kubelet and its containers",
            "node-1: removing Kubernetes' network",
            "node-1: removing Kubernetes' files",
            "node-1: removing its programs",
        ]);
        assert.deepEqual(
            node.calls().filter((line) => /^(systemctl|kubeadm)/.test(line)),
            [
                "systemctl disable --quiet --now pulumi-kubeadm-etcd-snapshot.timer",
                "systemctl disable --quiet --now pulumi-kubeadm-join-token.timer",
                "systemctl disable --quiet --now pulumi-kubeadm-etcd-snapshot.service",
                "systemctl disable --quiet --now pulumi-kubeadm-join-token.service",
                "systemctl disable --quiet --now kubelet.service",
                "kubeadm reset --force --cleanup-tmp-dir --skip-phases=remove-etcd-member",
                "systemctl kill --signal=KILL kubepods.slice",
                "systemctl kill --signal=KILL containerd.service",
                "systemctl disable --quiet --now containerd.service",
                "systemctl daemon-reload",
            ],
        );
    });

    it("goes on when kubeadm cannot reset", () => {
        put(leaves.worker);
        node.stub("kubeadm", "exit 1");

        const run = resetNode();

        assert.match(run.stdout, /kubeadm reset ended with an error; going on without it\n/);
        assert.deepEqual(node.files(), before);
    });

    it("leaves a machine alone that is another cluster's, or nobody's", () => {
        put(leaves.worker);
        for (const owner of ["prod ffff\n", undefined]) {
            node.remove(mark);
            if (owner !== undefined) {
                node.write(mark, owner);
            }
            const all = node.files();

            assert.equal(resetNode().stdout, "node-1: it is no machine of this cluster, so nothing was cleared\n");
            assert.deepEqual(node.files(), all);
        }
    });

    it("leaves alone what it has no record of: a node of another cluster, another etcd, Docker, another HAProxy", () => {
        const others = [...leaves.worker, ...leaves.member, "/etc/haproxy/haproxy.cfg"].filter(
            (file) => !file.includes("pulumi-kubeadm"),
        );
        others.forEach((file) => {
            node.write(file);
        });
        const all = node.files();
        put([]);

        assert.equal(resetNode().status, 0);
        assert.deepEqual(node.files(), all);
        assert.deepEqual(node.calls(), ["flock --nonblock 9", "systemctl daemon-reload"]);
    });

    it("leaves another etcd's data on a worker", () => {
        put([...leaves.worker, "/var/lib/etcd/member/snap/db"]);

        resetNode();

        assert.ok(node.exists("/var/lib/etcd/member/snap/db"));
    });

    it("leaves the user's own files among Kubernetes', which a machine that joins again needs", () => {
        const policy = "/etc/kubernetes/audit/policy.yaml";
        const webhook = "/etc/kubernetes/webhook.conf";
        put([...leaves.worker, ...leaves.controlPlane, policy, webhook]);

        assert.equal(resetNode().status, 0);
        assert.deepEqual(
            Object.keys(node.files())
                .filter((file) => file.startsWith("/etc/kubernetes/"))
                .sort(),
            [policy, webhook],
        );
    });

    it("takes away etcd's user where it was made here", () => {
        put(leaves.member);

        resetNode();

        assert.deepEqual(node.calls("userdel"), ["userdel etcd"]);
    });

    it("leaves etcd's user where it was there before", () => {
        put(leaves.member.filter((file) => file !== `${records}/etcd-user`));

        resetNode();

        assert.deepEqual(node.calls("userdel"), []);
    });

    it("leaves a folder that is a disk of its own, empty", () => {
        put(leaves.member);
        node.stub(
            "rm",
            'if [[ $line == */var/lib/etcd ]]; then "$TOOLS/rm" -r "${!#}/member"; exit 1; fi; exec "$TOOLS/rm" "$@"',
        );

        const run = resetNode();

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual([node.exists("/var/lib/etcd"), node.exists("/var/lib/etcd/member")], [true, false]);
    });

    it("says what cannot be removed, and keeps the records for the next run", () => {
        put(leaves.member);
        node.stub("rm", '[[ $line != */var/lib/etcd ]] || exit 1; exec "$TOOLS/rm" "$@"');

        const run = resetNode();

        assert.match(run.stderr, /seen: {4}\S*\/var\/lib\/etcd cannot be removed\n/);
        assert.ok(node.exists(`${records}/etcd`));
        node.unstub("rm");
        assert.equal(resetNode().status, 0);
        assert.deepEqual(node.files(), before);
    });

    describe("with mounts", () => {
        const volume = "/var/lib/kubelet/pods/1/volumes/nfs/with\\040space";
        const lines = [
            "tmpfs /var/lib/kubelet/pods/1 tmpfs rw 0 0",
            `nas:/data ${volume} nfs4 rw 0 0`,
            "overlay /run/containerd/io.containerd.runtime.v2.task/k8s.io/1/rootfs overlay rw 0 0",
            "nsfs /run/netns/cni-1 nsfs rw 0 0",
            "nsfs /run/netns/other nsfs rw 0 0",
            "/dev/sdb /var/lib/containerd ext4 rw 0 0",
        ];

        beforeEach(() => {
            put(leaves.worker);
            node.write(mounts, `${lines.join("\n").replace(/ \//g, ` ${node.path("/")}`)}\n`);
        });

        it("unmounts what Kubernetes has mounted, the innermost first, and nothing else", () => {
            node.stub("umount", `[[ $line != *containerd* ]] || : >'${node.path(mounts)}'`);

            resetNode();

            assert.deepEqual(
                node.calls("umount").map((line) => line.replace(node.path("/"), "/")),
                [
                    "umount --lazy /var/lib/kubelet/pods/1/volumes/nfs/with space",
                    "umount --lazy /var/lib/kubelet/pods/1",
                    "umount --lazy /run/netns/cni-1",
                    "umount --lazy /run/containerd/io.containerd.runtime.v2.task/k8s.io/1/rootfs",
                ],
            );
        });

        it("removes nothing while something is still mounted", () => {
            node.stub("umount", "echo 'umount: target is busy' >&2; exit 32");

            const run = resetNode();

            assert.match(run.stderr, /seen: {4}\S*with\\040space is still mounted\n/);
            assert.ok(node.exists("/var/lib/kubelet/config.yaml"));
        });
    });

    describe("in the network", () => {
        const rules = [
            "# Generated by iptables-save",
            "*mangle",
            ":PREROUTING ACCEPT [0:0]",
            ":KUBE-KUBELET-CANARY - [0:0]",
            "COMMIT",
            "*filter",
            ":INPUT ACCEPT [0:0]",
            ":OTHERS - [0:0]",
            '-A INPUT -m comment --comment "lets -j KUBE in" -j OTHERS',
            "COMMIT",
            "*nat",
            ":POSTROUTING ACCEPT [0:0]",
            ":FLANNEL-POSTRTG - [0:0]",
            ":CNI-HOSTPORT-DNAT - [0:0]",
            '-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG',
            "-A FLANNEL-POSTRTG -j RETURN",
            "-A POSTROUTING -s 192.168.0.0/16 -j MASQUERADE",
            "COMMIT",
        ];

        beforeEach(() => {
            put(leaves.worker);
        });

        it("removes the chains of Kubernetes, and names no other", () => {
            node.stub("iptables-save", `printf '%s\\n' ${rules.map((line) => `'${line}'`).join(" ")}`);
            node.stub("iptables-restore", 'cat >"$LOG/restored"');

            assert.equal(resetNode().status, 0);

            assert.deepEqual(node.calls("iptables-restore"), ["iptables-restore --noflush"]);
            assert.deepEqual(node.read("../log/restored").trim().split("\n"), [
                "*mangle",
                "-F KUBE-KUBELET-CANARY",
                "-X KUBE-KUBELET-CANARY",
                "COMMIT",
                "*nat",
                '-D POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG',
                "-F FLANNEL-POSTRTG",
                "-F CNI-HOSTPORT-DNAT",
                "-X FLANNEL-POSTRTG",
                "-X CNI-HOSTPORT-DNAT",
                "COMMIT",
            ]);
        });

        it("restores nothing where there are no such chains", () => {
            node.stub("ip6tables-save", "echo '*nat'; echo ':INPUT ACCEPT [0:0]'; echo COMMIT");
            node.stub("ip6tables-restore");

            assert.equal(resetNode().status, 0);
            assert.deepEqual(node.calls("ip6tables-restore"), []);
        });

        it("says that rules stay", () => {
            node.stub("iptables-save", "echo '*nat'; echo ':KUBE-SERVICES - [0:0]'; echo COMMIT");
            node.stub("iptables-restore", "exit 4");

            assert.match(resetNode().stderr, /seen: {4}iptables does not let go of Kubernetes' rules\n/);
        });

        it("removes the interfaces and the tables that are there", () => {
            ["cni0", "flannel.1", "eth0"].forEach((name) => {
                node.write(`/sys/class/net/${name}`);
            });
            node.stub("nft", { "ip kube-proxy": "", "ip flannel-ipv4": "", "": "exit 1" });

            assert.equal(resetNode().status, 0);

            assert.deepEqual(node.calls("ip "), ["ip link delete cni0", "ip link delete flannel.1"]);
            assert.deepEqual(node.calls("nft delete"), [
                "nft delete table ip kube-proxy",
                "nft delete table ip flannel-ipv4",
            ]);
        });
    });

    function put(files: readonly string[]): void {
        node.write(mark, "prod 1a2b\n");
        files.forEach((file) => {
            node.write(file, "# Written by pulumi-kubeadm.\n");
        });
    }

    function resetNode(): Run {
        return node.run(claim, values, "delete");
    }
});
