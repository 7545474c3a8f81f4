import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const join = programScript("join", "etcdctl");
const values = {
    NODE: "worker-1",
    ADDRESS: "10.0.0.101",
    ENDPOINT: "127.0.0.1:1",
    HAS_ETCD: false,
    CONFIG: "kind: JoinConfiguration",
    FILE_PATHS: [],
    FILE_MODES: [],
    FILE_CONTENTS: [],
};

/** What kubeadm 1.37 and the kubelet write, shortened, and the cause that is told. */
const failures: readonly { readonly title: string; readonly log: string; readonly cause: string }[] = [
    {
        title: "another cluster answers",
        log: 'error: error execution phase preflight: couldn\'t validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:00" are pinned',
        cause: "the endpoint shows a certificate of another CA",
    },
    {
        title: "something else answers with TLS",
        log: 'error: could not bootstrap the admin user: Get "https://10.0.0.5:6443/api": tls: failed to verify certificate: x509: certificate signed by unknown authority',
        cause: "the endpoint shows a certificate of another CA",
    },
    {
        title: "the token is gone",
        log: 'error: error execution phase preflight: couldn\'t validate the identity of the API Server: token id "abcdef" is invalid for this cluster or it has expired. Use "kubeadm token create" on the control-plane node to create a new valid token',
        cause: "the bootstrap token is no longer valid",
    },
    {
        title: "the token never was",
        log: "error: error execution phase preflight: couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID",
        cause: "the bootstrap token is no longer valid",
    },
    {
        title: "the clock is behind",
        log: "error: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-01-01T00:00:00Z",
        cause: "this machine's clock is wrong",
    },
    {
        title: "a port is taken",
        log: "[preflight] Some fatal errors occurred:\n\t[ERROR Port-10250]: Port 10250 is in use",
        cause: "a port of Kubernetes is taken",
    },
    {
        title: "the disk is full",
        log: "error: error execution phase certs: write /etc/kubernetes/pki/apiserver.crt: no space left on device",
        cause: "the disk is full",
    },
    {
        title: "an image is missing",
        log: "[preflight] Some fatal errors occurred:\n\t[ERROR ImagePull]: failed to pull image registry.k8s.io/etcd:3.7.0-0: not found",
        cause: "an image could not be pulled",
    },
    {
        title: "the registry has a certificate of another CA",
        log: 'error: failed to pull image "registry.k8s.io/etcd:3.7.0-0": failed to do request: Head "https://mirror.example/v2/etcd/manifests/3.7.0-0": tls: failed to verify certificate: x509: certificate signed by unknown authority',
        cause: "an image could not be pulled",
    },
    {
        title: "the kubelet does not take cgroup v1",
        log: "kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release",
        cause: "the cgroups of the machine do not fit",
    },
    {
        title: "swap came back",
        log: "running with swap on is not supported, please disable swap or set --fail-swap-on flag to false",
        cause: "swap is on",
    },
    {
        title: "versions are too far apart",
        log: "\t[ERROR KubeletVersion]: the kubelet version is higher than the control plane version. This is not a supported version skew and may lead to a malfunctional cluster.",
        cause: "kubeadm and the cluster differ in version",
    },
    {
        title: "etcd takes no member",
        log: "error: error execution phase etcd-join: error creating local etcd static pod manifest file: etcdserver: unhealthy cluster",
        cause: "etcd refused the member",
    },
    {
        title: "nothing listens at the endpoint",
        log: 'error: couldn\'t validate the identity of the API Server: Get "https://10.0.0.5:6443/api": dial tcp 10.0.0.5:6443: connect: connection refused',
        cause: "the endpoint refused the connection",
    },
    {
        title: "nothing comes back from the endpoint",
        log: 'error: couldn\'t validate the identity of the API Server: Get "https://10.0.0.5:6443/api": dial tcp 10.0.0.5:6443: i/o timeout',
        cause: "an answer did not come in time",
    },
    {
        title: "the kubelet does not start",
        log: `[kubelet-check] The kubelet is not healthy after 4m0.0s
Unfortunately, an error has occurred, likely caused by:
	- The kubelet is not running
	- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)
error: error execution phase kubelet-start: failed while waiting for the kubelet to start: The HTTP call equal to 'curl -sSL http://127.0.0.1:10248/healthz' returned error: dial tcp 127.0.0.1:10248: connect: connection refused`,
        cause: "the kubelet does not run",
    },
];

describe("a kubeadm that fails", () => {
    failures.forEach(({ title, log, cause }) => {
        it(`is explained when ${title}`, () => {
            const run = failingKubeadm(log).run(join, values);

            assert.equal(run.status, 97);
            assert.match(run.stderr, /^FAILED {2}worker-1, while: kubeadm join$/m);
            assert.match(run.stderr, new RegExp(`^  cause:   ${cause}$`, "m"));
            assert.match(run.stderr, /^ {2}repair: {2}\S+/m);
        });
    });

    it("shows kubeadm's own last errors", () => {
        const run = failingKubeadm("[preflight] Running\nerror: the first line\nTo see the stack trace").run(
            join,
            values,
        );

        assert.match(run.stderr, /^ {2}seen: {4}error: the first line$/m);
    });

    it("is reported with its log and the kubelet's when the cause is not a known one", () => {
        const node = failingKubeadm("panic: runtime error");
        node.stub("journalctl", "echo kubelet exited");

        const run = node.run(join, values);

        assert.match(
            run.stderr,
            /^ {2}seen: {4}kubeadm ended with an error\n {2}cause: {3}not one of the known ones$/m,
        );
        assert.match(run.stderr, /^ {4}panic: runtime error\n {4}kubelet exited$/m);
        assert.equal(run.stderr.match(/FAILED/g)?.length, 1);
    });

    it("is not explained by a warning", () => {
        const warning = "\t[WARNING SystemVerification]: cgroups v1 support is deprecated and will be removed";

        const run = failingKubeadm(`${warning}\nerror: dial tcp 10.0.0.5:6443: connect: connection refused`).run(
            join,
            values,
        );

        assert.match(run.stderr, /^ {2}cause: {3}the endpoint refused the connection$/m);
    });

    const busy =
        "\t[ERROR CRI]: container runtime is not running: rpc error: code = DeadlineExceeded desc = context deadline exceeded";

    it("is tried again when containerd was too busy to answer", () => {
        const node = fakeNode();
        node.stub("kubeadm", `[[ -e $LOG/tried ]] || { touch "$LOG/tried"; echo "${busy}"; exit 1; }`);

        assert.equal(node.run(join, values).status, 0);
        assert.equal(node.calls("kubeadm join").length, 2);
    });

    it("is explained when containerd never answers", () => {
        const node = failingKubeadm(busy);

        assert.match(node.run(join, values).stderr, /^ {2}cause: {3}containerd does not answer$/m);
        assert.equal(node.calls("kubeadm join").length, 3);
    });

    it("leaves no mark that the machine is a member", () => {
        const node = failingKubeadm("error: no");

        node.run(join, values);

        assert.equal(node.exists("/etc/kubernetes/pulumi-kubeadm/member"), false);
    });
});

describe("the files for kubeadm", () => {
    it("lie below /etc/kubernetes with their modes", () => {
        const node = fakeNode();

        node.run(join, {
            ...values,
            FILE_PATHS: ["pki/ca.key", "pki/ca.crt", "pulumi-kubeadm/patches/etcd+merge.yaml"],
            FILE_MODES: ["0600", "0644", "0600"],
            FILE_CONTENTS: ["the key", "the certificate\nof two lines", "the patch"],
        });

        assert.deepEqual(
            [node.read("/etc/kubernetes/pki/ca.key"), node.mode("/etc/kubernetes/pki/ca.key")],
            ["the key\n", "600"],
        );
        assert.equal(node.read("/etc/kubernetes/pki/ca.crt"), "the certificate\nof two lines\n");
        assert.equal(node.mode("/etc/kubernetes/pki/ca.crt"), "644");
        assert.equal(node.mode("/etc/kubernetes/pulumi-kubeadm/patches"), "700");
        assert.equal(node.mode("/etc/kubernetes/pulumi-kubeadm/patches/etcd+merge.yaml"), "600");
    });

    it("let the kubelet run on cgroup v1 where the machine has it", () => {
        const node = fakeNode();
        node.stub("stat", "echo tmpfs");

        node.run(join, values);

        const patch = "/etc/kubernetes/pulumi-kubeadm/patches/kubeletconfiguration9+strategic.yaml";
        assert.equal(node.read(patch), "failCgroupV1: false\n");
        assert.deepEqual(node.calls("kubeadm"), [
            "kubeadm join --ignore-preflight-errors=SystemVerification --config FILE",
        ]);
    });

    it("say nothing of cgroups on cgroup v2", () => {
        const node = fakeNode();

        node.run(join, values);

        assert.deepEqual(
            Object.keys(node.files()).filter((file) => file.includes("/patches/")),
            [],
        );
        assert.deepEqual(node.calls("kubeadm"), ["kubeadm join --ignore-preflight-errors= --config FILE"]);
    });
});

function failingKubeadm(log: string): FakeNode {
    const node = fakeNode();
    node.write("/etc/kubeadm-says", `${log}\n`);
    node.stub("kubeadm", `cat '${node.path("/etc/kubeadm-says")}'; exit 1`);
    return node;
}
