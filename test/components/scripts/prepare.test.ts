import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const prepare = programScript("prepare");
const names = ["kubeadm", "kubelet", "kubectl", "containerd", "runc", "cni-plugins", "etcd"];
const mirror = "https://mirror.example";
const values = {
    NODE: "control-plane-1",
    ROLE: "control-plane",
    ADDRESS: "10.0.0.11",
    // Nothing listens on port 1, which is what a load balancer without API servers looks like.
    ENDPOINT: "127.0.0.1:1",
    CA_CERTIFICATE: "the CA",
    KUBERNETES_VERSION: "1.37.1",
    PAUSE_IMAGE: "registry.k8s.io/pause:3.10.2",
    CONTAINERD_SETTINGS: [],
    REGISTRIES: [],
    REGISTRY_HOSTS: [],
    RENEWAL: "",
    ETCD_CLIENT_CERTIFICATE: "",
    ALLOW_CGROUP_V1: false,
    KUBE_PROXY_MODE: "auto",
    KEEP_SWAP: false,
    CREDENTIAL_PROVIDER: "",
    CREDENTIAL_PROVIDER_CONFIG: "",
    MIRROR: mirror,
    IMAGES: ["registry.k8s.io/pause:3.10.2"],
    DOWNLOADS: names.map((name) => `${name} amd64 site/${name} - -`),
};

const client = "/etc/kubernetes/pki/apiserver-etcd-client.crt";

/** Or systemd would turn on what fstab no longer has. */
const maskSwap = "systemctl mask --quiet swap.target";

describe("prepare.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("curl", { "/readyz": "printf '\\n200'", "": downloads });
        node.stub(
            "tar",
            '[[ $line != *etcd-release* ]] || (mkdir "$5/etcd"; echo etcdctl >"$5/etcd/etcdctl"; echo etcdutl >"$5/etcd/etcdutl")',
        );
        node.write("/etc/fstab", "/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n");
    });

    describe("on a machine that is fit", () => {
        beforeEach(() => {
            node.socket("/run/containerd/containerd.sock");
        });

        it("checks it, then prepares the kernel, containerd and Kubernetes", () => {
            const run = node.run(prepare, values);

            assert.equal(run.stderr, "");
            assert.deepEqual(run.stdout.trim().split("\n"), [
                "control-plane-1: checking the machine",
                "control-plane-1: preparing the kernel",
                "control-plane-1: installing containerd",
                "control-plane-1: installing Kubernetes 1.37.1",
                "control-plane-1: installing etcd's tools",
            ]);
            assert.deepEqual(node.calls("systemctl"), [
                maskSwap,
                "systemctl daemon-reload",
                "systemctl enable --quiet containerd",
                "systemctl restart containerd",
                "systemctl daemon-reload",
                "systemctl enable --quiet kubelet",
            ]);
        });

        it("gives the kernel what Kubernetes needs, also after a restart", () => {
            node.run(prepare, values);

            assert.equal(node.read("/etc/modules-load.d/kubernetes.conf"), "overlay\nbr_netfilter\n");
            assert.match(node.read("/etc/sysctl.d/90-kubernetes.conf"), /^net\.ipv4\.ip_forward = 1$/m);
            assert.deepEqual(node.calls("sysctl").length, 1);
        });

        it("turns swap off, also after a restart", () => {
            node.run(prepare, values);

            assert.deepEqual(node.calls("swapoff"), ["swapoff --all"]);
            assert.equal(node.read("/etc/fstab"), "/dev/sda1 / ext4 defaults 0 1\n# /dev/sda2 none swap sw 0 0\n");
        });

        it("leaves swap on where the kubelet tolerates it", () => {
            node.run(prepare, { ...values, KEEP_SWAP: true });

            assert.deepEqual(node.calls("swapoff"), []);
            assert.deepEqual(node.calls(maskSwap), []);
            assert.match(node.read("/etc/fstab"), /^\/dev\/sda2 none swap/m);
        });

        it("configures containerd for systemd's cgroups and kubeadm's sandbox image", () => {
            node.run(prepare, values);

            const config = node.read("/etc/containerd/config.toml");
            assert.match(config, /^SystemdCgroup = true$/m);
            assert.match(config, /^sandbox = "registry\.k8s\.io\/pause:3\.10\.2"$/m);
        });

        it("installs exactly the programs of the version", () => {
            node.run(prepare, values);

            const programs = Object.entries(node.files()).filter(([file]) => file.startsWith("/usr/local/bin/"));
            assert.deepEqual(Object.fromEntries(programs), {
                "/usr/local/bin/etcdctl": "etcdctl\n",
                "/usr/local/bin/etcdutl": "etcdutl\n",
                "/usr/local/bin/kubeadm": "kubeadm\n",
                "/usr/local/bin/kubectl": "kubectl\n",
                "/usr/local/bin/kubelet": "kubelet\n",
            });
        });

        it("gives containerd the images that it lacks, where the mirror is a folder of the machine", () => {
            const images = ["registry.k8s.io/pause:3.10.2", "registry.k8s.io/kube-proxy:v1.37.1"];
            const files = [...names.map((name) => `site/${name}`), ...images.map((image) => `images/${image}.tar`)];
            const sums = files.map((file) => `${createHash("sha256").update(file).digest("hex")}  ${file}\n`);
            files.forEach((file) => {
                node.write(`/opt/mirror/${file}`, file);
            });
            node.write("/opt/mirror/SHA256SUMS", sums.join(""));
            ["bin", "sbin"].forEach((folder) => {
                node.write(`/usr/local/${folder}/others`);
            });
            node.stub("curl", `cp '${node.path("/opt/mirror/SHA256SUMS")}' '${node.path("/run/pulumi-kubeadm.sums")}'`);
            node.stub("ctr", { "images list": `echo ${images[0]}` });

            const run = node.run(prepare, { ...values, IMAGES: images, MIRROR: `file://${node.path("/opt/mirror")}` });

            assert.equal(run.status, 0, run.stderr);
            assert.match(run.stdout, /\ncontrol-plane-1: importing registry\.k8s\.io\/kube-proxy:v1\.37\.1\n/);
            assert.equal(node.calls("ctr --namespace k8s.io images import").length, 1);
        });

        it("does not restart containerd when nothing of it has changed", () => {
            node.write("/usr/local/bin/containerd", "", 0o755);
            node.run(prepare, values);
            const before = node.calls("systemctl restart").length;

            const run = node.run(prepare, values);

            assert.equal(run.status, 0, run.stderr);
            assert.equal(node.calls("systemctl restart").length, before);
        });

        it("starts a containerd that an interrupted run left installed and stopped", () => {
            node.write("/usr/local/bin/containerd", "", 0o755);
            node.run(prepare, values);
            node.stub("systemctl", { "is-active": "exit 3" });

            node.run(prepare, values);

            assert.equal(node.calls("systemctl restart").length, 2);
        });

        it("only fetches, on a running node, what its settling puts in place later", () => {
            node.write("/etc/kubernetes/kubelet.conf", "a kubeconfig");
            node.write("/etc/kubernetes/pki/ca.crt", "a CA");

            const run = node.run(prepare, values);

            assert.equal(run.stderr, "");
            assert.deepEqual(run.stdout.trim().split("\n"), [
                "control-plane-1: checking the machine",
                "control-plane-1: preparing the kernel",
                "control-plane-1: fetching what it will run",
            ]);
            assert.deepEqual(
                Object.keys(node.files())
                    .filter((file) => file.startsWith("/var/cache/pulumi-kubeadm/"))
                    .sort(),
                names.map((name) => `/var/cache/pulumi-kubeadm/site/${name}`).sort(),
            );
            assert.deepEqual(node.calls("systemctl"), [maskSwap]);
            assert.equal(node.exists("/usr/local/bin/kubelet"), false);
            assert.equal(node.exists("/etc/containerd/config.toml"), false);
        });

        describe("when it is a control plane that runs", () => {
            beforeEach(() => {
                ["kubelet.conf", "pulumi-kubeadm/member", "pki/etcd/ca.key", "pki/apiserver.crt"].forEach((file) => {
                    node.write(`/etc/kubernetes/${file}`, "good");
                });
                node.stub("kubeadm", "[[ $line != *version* ]] || echo v1.37.1");
                node.stub("openssl", {
                    checkend: `if [[ $line == *' -in '* ]]; then ! grep -q ended "\${!#}"; else ! grep -q ended; fi`,
                    dgst: 'sha256sum "${!#}"',
                    x509: "echo 'notBefore=Jan  1 00:00:00 2024 GMT'",
                });
            });

            it("leaves its certificates alone until they have ended", () => {
                node.run(prepare, values);

                assert.deepEqual(node.calls("openssl x509 -noout -checkend"), ["openssl x509 -noout -checkend 0"]);
                assert.deepEqual(node.calls("kubeadm"), []);
                assert.deepEqual(node.calls("systemctl"), [maskSwap]);
            });

            it("renews those that have ended without asking the cluster, and has all restart when it is settled", () => {
                node.write("/etc/kubernetes/pki/etcd/peer.crt", "ended");

                const run = node.run(prepare, values);

                assert.equal(run.stderr, "");
                assert.ok(run.stdout.includes("control-plane-1: renewing its certificates, which have ended\n"));
                assert.deepEqual(node.calls("kubeadm certs"), ["kubeadm certs renew all --config FILE"]);
                assert.match(node.inputs(), /^kind: ClusterConfiguration\nkubernetesVersion: v1\.37\.1$/m);
                assert.deepEqual(node.calls("systemctl"), [maskSwap, "systemctl restart kubelet"]);
                assert.equal(
                    node.read("/etc/kubernetes/pulumi-kubeadm/restart"),
                    "etcd\nkube-apiserver\nkube-controller-manager\nkube-scheduler\n",
                );
                assert.equal(node.calls("curl").filter((line) => line.endsWith("/readyz")).length, 1);
            });

            it("says so when its API server does not come back", () => {
                node.write("/etc/kubernetes/pki/etcd/peer.crt", "ended");
                node.stub("curl", { "/readyz": "printf '[+]ping ok\\n[-]etcd failed\\n500'", "": downloads });

                const run = node.run(prepare, values);

                assert.match(
                    run.stderr,
                    /seen: {4}the API server is not ready with its new certificates: \[-\]etcd failed\n/,
                );
            });

            it("renews its own where etcd has machines of its own, and puts the one that it calls etcd with in place", () => {
                node.remove("/etc/kubernetes/pki/etcd/ca.key");
                node.write("/etc/kubernetes/pki/apiserver.crt", "ended");
                node.write(client, "ended");

                const run = node.run(prepare, { ...values, ETCD_CLIENT_CERTIFICATE: "another" });

                assert.equal(run.status, 0, run.stderr);
                assert.equal(node.read(client), "another\n");
                assert.match(node.inputs(), /^kubernetesVersion: v1\.37\.1\netcd: {external: {endpoints: /m);
                assert.deepEqual(node.calls("systemctl"), [maskSwap, "systemctl restart kubelet"]);
            });

            it("leaves the one that it calls etcd with to settling until it has ended", () => {
                node.remove("/etc/kubernetes/pki/etcd/ca.key");
                node.write(client, "good");

                node.run(prepare, { ...values, ETCD_CLIENT_CERTIFICATE: "another" });

                assert.equal(node.read(client), "good");
                assert.deepEqual(node.calls("kubeadm"), []);
            });
        });

        it("records the version of what it installs, and keeps none of what it fetched", () => {
            node.run(prepare, values);

            assert.deepEqual(
                ["kubeadm", "kubelet", "kubectl"].map((name) => node.read(`/usr/local/lib/pulumi-kubeadm/${name}`)),
                ["1.37.1\n", "1.37.1\n", "1.37.1\n"],
            );
            assert.equal(node.exists("/var/cache/pulumi-kubeadm"), false);
        });

        it("records what is its own before it changes anything, for the reset of a machine that it left half-way", () => {
            node.remove("/proc/sys/net/bridge/bridge-nf-call-iptables");

            node.run(prepare, values);

            assert.deepEqual(
                ["containerd", "kubeadm", "kubelet", "kubectl"].map((name) =>
                    node.read(`/usr/local/lib/pulumi-kubeadm/${name}`),
                ),
                ["", "", "", ""],
            );
        });

        it("says which module the kernel lacks", () => {
            node.remove("/proc/sys/net/bridge/bridge-nf-call-iptables");

            assert.match(node.run(prepare, values).stderr, /seen: {4}the kernel has no br_netfilter\n/);
        });
    });

    it("says that containerd does not run", () => {
        const run = node.run(prepare, values);

        assert.match(run.stderr, /seen: {4}containerd does not run\n/);
    });

    describe("on a machine that is not", () => {
        it("names all problems at once, and changes nothing", () => {
            node.remove("/run/systemd/system");
            node.write("/etc/machine-id");
            node.write("/proc/meminfo", "MemTotal:       1048576 kB\n");
            node.stub("stat", "echo tmpfs");
            node.stub("uname", "echo riscv64");
            node.stub("nproc", "echo 1");
            node.stub("df", "echo Avail; echo 100MiB");
            node.stub("ss", { ":10250": "echo 'LISTEN 0 4096 *:10250 *:* users:((\"k3s\",pid=7,fd=3))'" });
            node.unstub("conntrack");
            node.stub("timeout", "echo 'Network is unreachable'; exit 1");

            const run = node.run(prepare, values);

            assert.equal(run.status, 97);
            assert.deepEqual(problems(run.stderr), [
                "[systemd] systemd does not run this machine; kubelet and containerd need it",
                "[architecture] riscv64 is not supported; use x86_64 or aarch64",
                "[machine-id] /etc/machine-id is empty; run systemd-machine-id-setup",
                "[conntrack] the command conntrack is missing; install its package",
                "[cgroup] the machine uses cgroup v1, which kubelet 1.35 and newer refuse; boot with cgroup v2, or set allowCgroupV1: true",
                "[cpu] 1 CPU; a control plane needs 2",
                "[memory] 1024 MiB; a control-plane needs 1700 MiB",
                "[disk] 100 MiB free in /var/lib; 2048 MiB are needed",
                '[port-10250] taken by users:(("k3s",pid=7,fd=3)); stop that process',
                "[endpoint] no route from 10.0.0.11 to 127.0.0.1:1; look at the machine's routes and the load balancer's address",
            ]);
            assert.match(run.stderr, /seen: {4}10 check\(s\) of the machine did not pass, see above\n/);
            assert.deepEqual(
                node.calls().filter((line) => /^(modprobe|sysctl|swapoff|systemctl)/.test(line)),
                [],
            );
        });

        it("goes on checking when the tools for a check are missing", () => {
            ["openssl", "ss", "curl"].forEach((tool) => {
                node.unstub(tool);
            });

            const run = node.run(prepare, values);

            assert.deepEqual(problems(run.stderr), [
                "[curl] the command curl is missing; install its package",
                "[openssl] the command openssl is missing; install its package",
                "[ss] the command ss is missing; install its package",
            ]);
        });

        it("needs less of a worker", () => {
            node.write("/proc/meminfo", "MemTotal:       1048576 kB\n");
            node.stub("nproc", "echo 1");
            node.stub("ss", { ":6443": "echo 'LISTEN users:((\"nginx\",pid=7,fd=3))'" });
            node.socket("/run/containerd/containerd.sock");

            assert.equal(node.run(prepare, { ...values, ROLE: "worker" }).status, 0);
        });

        it("sees a clock that is behind", () => {
            node.stub("openssl", { x509: "echo 'notBefore=Jan  1 00:00:00 2999 GMT'" });

            assert.match(
                problems(node.run(prepare, values).stderr)[0] ?? "",
                /^\[clock\] the clock shows \S+, before the cluster's CA was made/,
            );
        });

        it("takes cgroup v1 where that is allowed", () => {
            node.stub("stat", "echo tmpfs");

            assert.deepEqual(problems(node.run(prepare, { ...values, ALLOW_CGROUP_V1: true }).stderr), []);
        });

        it("needs nft when kube-proxy is to use it", () => {
            node.unstub("nft");

            assert.deepEqual(problems(node.run(prepare, { ...values, KUBE_PROXY_MODE: "nftables" }).stderr), [
                "[nftables] nft is missing; install nftables or set kubeProxyMode: iptables",
            ]);
        });

        const endpoints = [
            {
                title: "does not answer",
                says: "exit 124",
                seen: /^\[endpoint\] 127\.0\.0\.1:1 did not answer within 5 s; look at firewalls/,
            },
            {
                title: "has a name that is unknown",
                says: "echo 'lb: Name or service not known'; exit 1",
                seen: /does not resolve here; look at DNS$/,
            },
        ];

        endpoints.forEach(({ title, says, seen }) => {
            it(`says what to look at when the endpoint ${title}`, () => {
                node.stub("timeout", says);

                assert.match(problems(node.run(prepare, values).stderr)[0] ?? "", seen);
            });
        });

        it("waits on a machine of a cloud until the name of its load balancer is known everywhere", () => {
            node.stub("cloud-init");
            node.stub("timeout", {
                "cloud-init": "",
                "dev/tcp": `echo x >>"$LOG/tries"
                    (($(wc -l <"$LOG/tries") < 3)) || { echo 'Connection refused'; exit 1; }
                    echo 'lb: Name or service not known'; exit 1`,
            });

            assert.deepEqual(problems(node.run(prepare, values).stderr), []);
            assert.equal(node.calls("timeout 5 ").length, 3);
        });

        it("waits for the first boot of a machine of a cloud, and takes its warnings", () => {
            node.stub("cloud-init");
            node.stub("timeout", { "cloud-init": "exit 2", "dev/tcp": "echo 'Connection refused'; exit 1" });

            assert.doesNotMatch(node.run(prepare, values).stderr, /cloud-init ended/);
            assert.deepEqual(node.calls("timeout 600 "), ["timeout 600 cloud-init status --wait --long"]);
        });

        it("says what a first boot that failed ended with", () => {
            node.stub("cloud-init");
            node.stub("timeout", "echo status: error; echo 'detail: no package'; exit 1");

            assert.match(
                node.run(prepare, values).stderr,
                /seen: {4}cloud-init ended with 1: status: error detail: no package\n/,
            );
        });

        it("leaves resources and ports of a running node alone", () => {
            node.write("/etc/kubernetes/kubelet.conf", "a kubeconfig");
            node.stub("nproc", "echo 1");
            node.stub("ss", "echo 'LISTEN users:((\"kubelet\",pid=7,fd=3))'");

            assert.deepEqual(problems(node.run(prepare, values).stderr), []);
        });

        function problems(stderr: string): string[] {
            return stderr
                .split("\n")
                .filter((line) => line.startsWith("["))
                .map((line) => line.replaceAll(node.path(""), ""));
        }
    });
});

/** A mirror in which each file holds its own name. */
const sums = names.map((name) => `${createHash("sha256").update(`${name}\n`).digest("hex")}  site/${name}`);
const downloads = `
file=\${*: -2:1} url=\${*: -1}
case $url in
${mirror}/SHA256SUMS) printf '%s\\n' ${sums.map((line) => `'${line}'`).join(" ")} >"$file" ;;
*) echo "\${url##*/}" >"$file" ;;
esac`;
