import assert from "node:assert/strict";
import {
    certificate,
    type Component,
    cluster,
    down,
    etcdMembers,
    images,
    manifest,
    manifests,
    phases,
    refusal,
    type RunningNode,
    runningNode,
    state,
    wanted,
} from "../../support/runningNode";

const old = { etcd: "old", "kube-apiserver": "old", "kube-controller-manager": "old", "kube-scheduler": "old" };
const log = "/var/log/pods/kube-system_kube-apiserver-control-plane-1_1/kube-apiserver/0.log";

describe("the static pods of a control plane that is settled", () => {
    let node: RunningNode;

    beforeEach(() => {
        node = runningNode("control-plane");
    });

    const changes = [
        {
            title: "the API server alone for its flag",
            changed: ["kube-apiserver"],
            expected: ["ending kube-apiserver", "starting kube-apiserver"],
        },
        {
            title: "the scheduler alone for its flag",
            changed: ["kube-scheduler"],
            expected: ["ending kube-scheduler", "starting kube-scheduler"],
        },
        {
            title: "etcd while the API server that needs it is away",
            changed: ["etcd"],
            expected: [
                "taking a snapshot of etcd",
                "ending kube-apiserver",
                "ending etcd",
                "starting etcd",
                "starting kube-apiserver",
            ],
        },
        {
            title: "all of them for another version, those that need another one after it",
            changed: ["kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"],
            expected: [
                "taking a snapshot of etcd",
                "ending kube-apiserver",
                "ending kube-controller-manager",
                "ending kube-scheduler",
                "ending etcd",
                "starting etcd",
                "starting kube-apiserver",
                "starting kube-controller-manager",
                "starting kube-scheduler",
            ],
        },
    ] as const;

    changes.forEach(({ title, changed, expected }) => {
        it(`restart ${title}`, () => {
            changed.forEach((component) => {
                node.kubeadmWrites(component, manifest("new"));
            });

            const run = node.settle();

            assert.equal(run.stderr, "");
            assert.deepEqual(phases(run).slice(1, -1), expected);
            assert.deepEqual(node.running(), { ...old, ...Object.fromEntries(changed.map((each) => [each, "new"])) });
            assert.equal(node.exists(`${state}/replaced`), false);
        });
    });

    const snapshots: { title: string; changed: Component; version?: string; expected: string[] }[] = [
        {
            title: "named for a setting of etcd",
            changed: "etcd",
            expected: ["etcd-snapshot before-etcd-settings"],
        },
        {
            title: "named for another version",
            changed: "kube-apiserver",
            version: "1.36.4",
            expected: ["etcd-snapshot before-v1.37.1"],
        },
        { title: "not taken for a flag of the API server", changed: "kube-apiserver", expected: [] },
    ];
    snapshots.forEach(({ title, changed, version, expected }) => {
        it(`have a snapshot of etcd before them, ${title}`, () => {
            node.write(`${manifests}/${changed}.yaml`, manifest("old", version));
            node.write(`${wanted}/renewed/pki/etcd/server.crt`, certificate("2999-01-01"));
            node.kubeadmWrites(changed, manifest("new"));

            const run = node.settle();

            assert.equal(run.stderr, "");
            assert.deepEqual(node.calls("etcd-snapshot"), expected);
        });
    });

    describe("of another version", () => {
        const image = "registry.k8s.io/x:v1.37.1";
        const registries = { MIRROR: "https://mirror.example" };
        const pulls = () => node.kubeadm().filter((line) => line === "config images pull").length;

        beforeEach(() => {
            node.write(`${manifests}/kube-apiserver.yaml`, manifest("old", "1.36.4"));
            node.write(`${wanted}/renewed/pki/etcd/server.crt`, certificate("2999-01-01"));
        });

        it("have their images pulled from registries before anything else is done", () => {
            const run = node.settle(registries);

            assert.equal(run.stderr, "");
            assert.deepEqual(phases(run).slice(1, 5), [
                "pulling the images of Kubernetes 1.37.1",
                "renewing its certificates",
                "taking a snapshot of etcd",
                "ending kube-apiserver",
            ]);
            assert.equal(pulls(), 1);
        });

        it("stay as they are when an image cannot be pulled, and that and its registry are named", () => {
            const words = `error: failed to pull image "${image}": failed to do request: Head "https://registry.k8s.io/v2/x": i/o timeout`;
            node.write(refusal, `${words}\n`);

            const run = node.settle(registries);

            assert.equal(run.status, 97);
            assert.ok(
                run.stderr.includes(`  seen:    ${words}\n  cause:   an image could not be pulled\n`),
                run.stderr,
            );
            assert.match(node.read(`${manifests}/kube-apiserver.yaml`), /v1\.36\.4/);
            assert.equal(node.exists(`${state}/restart`), false);
            assert.deepEqual(
                node.kubeadm().filter((line) => line.startsWith("certs")),
                [],
            );
        });

        it("pull nothing that is there", () => {
            node.write(images, `registry.k8s.io/pause:3.10.2\n${image}\n`);

            assert.equal(node.settle(registries).stderr, "");
            assert.equal(pulls(), 0);
        });

        it("pull nothing where images come from a mirror that is a folder of the machine", () => {
            assert.equal(node.settle().stderr, "");
            assert.equal(pulls(), 0);
        });
    });

    it("have nothing pulled for a flag", () => {
        node.kubeadmWrites("kube-scheduler", manifest("new"));

        assert.equal(node.settle({ MIRROR: "https://mirror.example" }).stderr, "");
        assert.ok(!node.kubeadm().includes("config images pull"));
    });

    it("do not restart when no snapshot can be taken", () => {
        node.kubeadmWrites("etcd", manifest("new"));
        node.stub("etcd-snapshot", "echo no snapshot of etcd: no space left >&2; exit 1");

        const run = node.settle();

        assert.equal(run.status, 97);
        assert.match(
            run.stderr,
            /seen: {4}no snapshot of etcd could be taken\n[^]* {4}no snapshot of etcd: no space left\n/,
        );
        assert.deepEqual(node.running(), old);
    });

    it("do not restart for how etcd found the other members when it was new", () => {
        const lines = "    - --initial-cluster=a=https://10.0.0.11:2380\n    - --initial-cluster-state=existing\n";
        node.write(`${manifests}/etcd.yaml`, `${manifest("old")}${lines}`);

        const run = node.settle();

        assert.equal(phases(run).length, 2);
        assert.match(node.read(`${manifests}/etcd.yaml`), /initial-cluster-state=existing/);
    });

    it("stay when another control plane is not ready: etcd could lose its quorum", () => {
        node.kubeadmWrites("etcd", manifest("new"));
        node.write(down, "10.0.0.13:6443/readyz");

        const run = node.settle();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /waited 300 s for the other control planes to be healthy/);
        assert.match(
            run.stderr,
            /seen: {4}another control plane is not healthy: refused\nthe API server at 10\.0\.0\.13 is/,
        );
        assert.deepEqual(node.running(), old);
        assert.deepEqual(node.calls("ctr"), ["ctr --namespace k8s.io images list --quiet"]);
    });

    it("stay when the cluster does not say which other control planes there are", () => {
        node.kubeadmWrites("etcd", manifest("new"));
        node.write(down, "get nodes");

        const run = node.settle();

        assert.match(run.stderr, /refused\nthe cluster does not say which control planes it has\n/);
        assert.deepEqual(node.running(), old);
    });

    it("restart where no API server answers, for it may be the only one that is to be repaired", () => {
        node.write(`${manifests}/kube-apiserver.yaml`, manifest("broken"));
        node.write(down, "get nodes");

        const run = node.settle();

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.running(), old);
    });

    const quorums = [
        {
            title: "another control plane is away, which has no Node",
            members: etcdMembers(11, 12),
            seen: /seen: {4}etcd would lose its quorum: 2 members vote, 3 declared: control-plane-11 control-plane-12\n/,
        },
        {
            title: "another member only learns",
            members: etcdMembers(11, 12) + etcdMembers(13).replace("false", "true"),
            seen: /seen: {4}etcd would lose its quorum: 2 members vote, 3 declared: control-plane-11 control-plane-12\n/,
        },
        {
            title: "another member has not started",
            members: etcdMembers(11, 12) + "3c4d, unstarted, , https://10.0.0.13:2380, , false\n",
            seen: /seen: {4}etcd would lose its quorum: a member has not started\n/,
        },
        {
            title: "another member is not healthy",
            members: etcdMembers(11, 12, 13),
            silent: "https://10.0.0.12:2379,https://10.0.0.13:2379",
            seen: /seen: {4}etcd would lose its quorum: refused\n/,
        },
    ];

    quorums.forEach(({ title, members, silent = "nothing", seen }) => {
        it(`stay, with a snapshot of what is there, when ${title}`, () => {
            node.kubeadmWrites("etcd", manifest("new"));
            node.write(`${cluster}/members`, members);
            node.write(down, silent);

            const run = node.settle();

            assert.equal(run.status, 97);
            assert.match(run.stderr, /waited 900 s for etcd to be able to do without control-plane-1/);
            assert.match(run.stderr, seen);
            assert.deepEqual(node.running(), old);
            assert.deepEqual(node.calls("etcd-snapshot"), ["etcd-snapshot before-etcd-settings"]);
        });
    });

    it("restart when the control plane that was away is a member of etcd again", () => {
        node.kubeadmWrites("etcd", manifest("new"));
        const isBack = `[[ $(grep -c 'member list' "$LOG/calls") -lt 3 ]] || echo '${etcdMembers(13)}'`;
        node.stub("etcdctl", { "member list": `printf '${etcdMembers(11, 12)}'; ${isBack}` });

        const run = node.settle();

        assert.equal(run.status, 0, run.stderr);
        assert.match(run.stdout, /^control-plane-1: waiting until etcd can do without it$/m);
        assert.deepEqual(node.running(), { ...old, etcd: "new" });
    });

    const sizes = [
        { title: "is the only one", members: etcdMembers(11), declared: "1" },
        { title: "is one of three that become one", members: etcdMembers(11, 12, 13), declared: "1" },
    ];

    sizes.forEach(({ title, members, declared }) => {
        it(`restart where the control plane ${title}`, () => {
            node.kubeadmWrites("etcd", manifest("new"));
            node.write(`${cluster}/members`, members);
            node.write(`${cluster}/declared`, declared);

            assert.equal(node.settle().stderr, "");
            assert.deepEqual(node.running(), { ...old, etcd: "new" });
        });
    });

    it("restart where its own member of etcd is down, whatever the others are", () => {
        node.write(`${manifests}/etcd.yaml`, manifest("broken"));
        node.write(`${cluster}/members`, etcdMembers(11, 12));

        const run = node.settle();

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.running(), old);
        assert.deepEqual(node.calls("etcdctl"), []);
    });

    it("run as before, all of them, when one does not come up, and its last words are told", () => {
        node.kubeadmWrites("kube-apiserver", manifest("broken"));
        node.kubeadmWrites("kube-scheduler", manifest("new"));
        node.write(log, "I1 starting\nE2 unknown flag: --flag\n");

        const run = node.settle();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /FAILED {2}control-plane-1, while: starting kube-apiserver\n/);
        assert.match(
            run.stderr,
            /seen: {4}kube-apiserver did not become healthy with its changed manifest: I1 starting\nE2 unknown flag: --flag\n/,
        );
        assert.deepEqual(node.running(), old);
    });

    it("run as before when etcd does not answer the API server, and no flag is blamed", () => {
        node.kubeadmWrites("kube-apiserver", manifest("new"));
        node.stub("curl", {
            "127.0.0.1:6443/readyz": "printf '[+]ping ok\\n[-]etcd failed: reason withheld\\n500'",
            ":6443": "printf '\\n200'",
            SHA256SUMS: `cp '${node.path("/opt/mirror/SHA256SUMS")}' '${node.path("/run/pulumi-kubeadm.sums")}'`,
        });

        const run = node.settle();

        assert.match(run.stderr, /waited 120 s for .* healthy; last seen: \[-\]etcd failed: reason withheld\n/);
        assert.match(run.stderr, /cause: {3}etcd does not answer it; its disk is slow, or too few members live; what/);
        assert.deepEqual(node.running(), old);
    });

    it("run as described when what did not come up is set right", () => {
        node.kubeadmWrites("kube-apiserver", manifest("broken"));
        assert.match(node.settle().stderr, /manifest: it wrote nothing\n/);
        node.kubeadmWrites("kube-apiserver", manifest("new"));

        assert.equal(node.settle().status, 0);
        assert.deepEqual(node.running(), { ...old, "kube-apiserver": "new" });
    });

    const interrupted = [
        { away: ["kube-apiserver"], expected: ["ending kube-apiserver", "starting kube-apiserver"] },
        {
            away: ["kube-apiserver", "etcd"],
            expected: ["ending kube-apiserver", "ending etcd", "starting etcd", "starting kube-apiserver"],
        },
        {
            away: ["etcd"],
            expected: ["ending kube-apiserver", "ending etcd", "starting etcd", "starting kube-apiserver"],
        },
    ];

    interrupted.forEach(({ away, expected }) => {
        it(`run again, first as before, when a run was killed that had taken ${away.join(" and ")} away`, () => {
            away.forEach((component) => {
                node.remove(`${manifests}/${component}.yaml`);
                node.write(`${state}/replaced/${component}.yaml`, manifest("older"));
                node.write(`${state}/replaced/${component}.slice`, "kubepods-burstable-pod1.slice\n");
            });
            node.write(`${state}/cert-sans`, "127.0.0.1 api.example.com\n");

            const run = node.settle();

            assert.equal(run.status, 0, run.stderr);
            assert.deepEqual(
                phases(run).filter((line) => /^(end|start)ing /.test(line)),
                expected,
            );
            assert.deepEqual(node.running(), old);
            assert.equal(node.exists(`${state}/replaced`), false);
        });
    });

    it("run as before, when a run was killed that had taken one away, where that is what is described", () => {
        node.remove(`${manifests}/kube-scheduler.yaml`);
        node.write(`${state}/replaced/kube-scheduler.yaml`, manifest("old"));

        const run = node.settle();

        assert.equal(run.stderr, "");
        assert.deepEqual(phases(run).slice(0, -1), [
            "comparing it with its description",
            "putting back kube-scheduler, which an interrupted run took away",
        ]);
        assert.deepEqual(node.running(), old);
        assert.equal(node.exists(`${state}/replaced/kube-scheduler.yaml`), false);
    });

    it("stay, when a run was killed that had started them, and what ran before is never put back", () => {
        node.write(`${state}/replaced/etcd.yaml`, manifest("older"));

        assert.equal(node.settle().stderr, "");
        node.kubeadmWrites("kube-apiserver", manifest("broken"));

        assert.equal(node.settle().status, 97);
        assert.deepEqual(node.running(), old);
    });

    it("fail, as often as they are settled, when a run was killed that had started one which is not healthy", () => {
        node.write(`${state}/replaced/kube-apiserver.yaml`, manifest("old"));
        node.write(`${manifests}/kube-apiserver.yaml`, manifest("broken"));
        node.kubeadmWrites("kube-apiserver", manifest("broken"));
        node.write(log, "E2 unknown flag: --flag\n");

        const runs = [node.settle(), node.settle()];

        runs.forEach(({ stderr }) => {
            assert.match(stderr, /seen: {4}kube-apiserver is not healthy: E2 unknown flag: --flag\n/);
        });
        node.kubeadmWrites("kube-apiserver", manifest("new"));
        assert.equal(node.settle().status, 0);
        assert.deepEqual(node.running(), { ...old, "kube-apiserver": "new" });
    });

    it("do not start before the kubelet has removed what ran", () => {
        node.kubeadmWrites("kube-scheduler", manifest("new"));
        node.stub("systemctl");

        const run = node.settle();

        assert.match(run.stderr, /waited 90 s for kube-scheduler to end/);
        assert.match(run.stderr, /seen: {4}kube-scheduler does not end\n/);
        assert.deepEqual(
            node.calls("systemctl is-active --quiet kubepods")[0]?.split(" ").at(-1),
            "kubepods-burstable-pod1.slice",
        );
        assert.deepEqual(node.running(), old);
    });

    it("run as before when the step runs into its time limit in between", () => {
        node.kubeadmWrites("kube-apiserver", manifest("new"));
        node.kubeadmWrites("kube-scheduler", manifest("new"));
        node.stub("systemctl", { "is-active --quiet kubepods": 'kill -TERM "$SCRIPT"' });

        const run = node.settle({}, "export SCRIPT=$$");

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}the step ran into its time limit\n/);
        assert.deepEqual(node.running(), old);
    });

    it("run as before when a command fails in between", () => {
        node.kubeadmWrites("kube-apiserver", manifest("new"));
        node.kubeadmWrites("kube-scheduler", manifest("new"));
        node.stub("cp", { "kube-scheduler.new": "exit 1", "": 'exec "$TOOLS/cp" "$@"' });

        const run = node.settle();

        assert.equal(run.status, 97);
        assert.deepEqual(node.running(), { ...old, "kube-apiserver": "new" });
    });

    it("run as described when the connection breaks in between", () => {
        node.kubeadmWrites("kube-apiserver", manifest("new"));
        node.kubeadmWrites("kube-scheduler", manifest("new"));

        node.settle({}, "exec > >(sed '/ending kube-apiserver/q') 2>&1");

        assert.deepEqual(node.running(), { ...old, "kube-apiserver": "new", "kube-scheduler": "new" });
    });

    it("are not taken for ended while containerd does not answer", () => {
        node.kubeadmWrites("kube-scheduler", manifest("new"));
        node.stub("ctr", {
            "images list": "echo registry.k8s.io/pause:3.10.2",
            "": `[[ $(grep -c 'containers list' "$LOG/calls") == 1 ]] || exit 1`,
        });

        assert.match(node.settle().stderr, /seen: {4}kube-scheduler does not end\n/);
    });
});
