import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const membership = programScript("membership");

/** Members of etcd by the last number of their address, and which of them do not answer. */
interface Quorum {
    readonly title: string;
    readonly members: readonly number[];
    readonly declared: number;
    readonly unhealthy?: readonly number[];
    /** Members that have been added and never started. */
    readonly unstarted?: readonly number[];
}

describe("the eviction of a control plane", () => {
    const allowed: readonly Quorum[] = [
        { title: "all 3 members are healthy", members: [1, 2, 3], declared: 3 },
        { title: "it is the one that is not healthy", members: [1, 2, 3], declared: 3, unhealthy: [2] },
        { title: "5 members become 3", members: [1, 2, 3, 4, 5], declared: 3 },
        { title: "6 members are 3 old and 3 new ones", members: [1, 2, 3, 4, 5, 6], declared: 3 },
        { title: "3 members become 1", members: [1, 2, 3], declared: 1 },
        { title: "it is no member", members: [1, 3], declared: 3 },
    ];

    allowed.forEach((quorum) => {
        it(`goes ahead when ${quorum.title}`, () => {
            const { node, run } = evict(quorum);

            assert.equal(run.status, 0, run.stderr);
            assert.ok(changesOf(node).includes("delete node control-plane-2 --ignore-not-found"));
        });
    });

    const refused: readonly (Quorum & { readonly seen: RegExp })[] = [
        {
            title: "another member is not healthy",
            members: [1, 2, 3],
            declared: 3,
            unhealthy: [3],
            seen: /seen: {4}etcd would lose its quorum: .*10\.0\.0\.13:2379 is unhealthy/,
        },
        {
            title: "it and another member are not healthy",
            members: [1, 2, 3],
            declared: 3,
            unhealthy: [2, 3],
            seen: /seen: {4}etcd would lose its quorum: .*10\.0\.0\.13:2379 is unhealthy/,
        },
        {
            title: "there are fewer members than declared",
            members: [1, 2],
            declared: 3,
            seen: /seen: {4}etcd would lose its quorum: 2 members, 3 declared\n/,
        },
        {
            title: "another member has not started",
            members: [1, 2, 3, 4],
            unstarted: [4],
            declared: 3,
            seen: /seen: {4}etcd would lose its quorum: a member has not started\n/,
        },
        {
            title: "it is the only member",
            members: [2],
            declared: 1,
            seen: /seen: {4}etcd would lose its quorum: no etcd member runs on another node\n/,
        },
    ];

    refused.forEach((quorum) => {
        it(`waits, then changes nothing, when ${quorum.title}`, () => {
            const { node, run } = evict(quorum);

            assert.equal(run.status, 97);
            assert.match(run.stderr, /waited 900 s for etcd to be able to do without control-plane-2/);
            assert.match(run.stderr, quorum.seen);
            assert.deepEqual(changesOf(node), []);
        });
    });

    it("refuses when nobody can say how many control planes are declared", () => {
        const node = nodeWith({ title: "", members: [1, 2, 3], declared: 3 }, { "data.controlPlaneNodes": "exit 1" });
        const silent = nodeWith({ title: "", members: [1, 2, 3], declared: 3 }, { "data.controlPlaneNodes": "" });

        assert.equal(node.run(membership, values, "delete").status, 97);
        assert.match(silent.run(membership, values, "delete").stderr, /does not say how many control planes/);
        assert.deepEqual([...changesOf(node), ...changesOf(silent)], []);
    });

    it("waits until the others are healthy", () => {
        const node = nodeWith(
            { title: "", members: [1, 2, 3], declared: 3 },
            {
                "endpoint health": `[[ $(grep -c 'endpoint health' "$LOG/calls") -ge 3 ]]`,
            },
        );

        assert.equal(node.run(membership, values, "delete").status, 0);
    });

    it("asks the health of all members but the one to go, from another node's member", () => {
        const { node } = evict({ title: "", members: [1, 2, 3], declared: 3 });

        const [health = ""] = node.calls("kubectl").filter((line) => line.includes("endpoint health"));
        assert.match(health, / exec etcd-control-plane-1 -- etcdctl /);
        assert.match(health, / --endpoints https:\/\/10\.0\.0\.11:2379,https:\/\/10\.0\.0\.13:2379$/);
    });

    it("drains, takes the member out, deletes the Node and revokes its token, in this order", () => {
        const { node, run } = evict({ title: "", members: [1, 2, 3], declared: 3 });

        assert.deepEqual(run.stdout.trim().split("\n"), [
            "control-plane-2: waiting until etcd can do without it",
            "control-plane-2: draining it",
            "control-plane-2: taking its etcd member out",
            "control-plane-2: deleting the node",
        ]);
        assert.deepEqual(changesOf(node), [
            "drain control-plane-2 --ignore-daemonsets --delete-emptydir-data --force --timeout 300s",
            "member remove 2222",
            "delete node control-plane-2 --ignore-not-found",
            "delete secret bootstrap-token-abcdef --ignore-not-found",
        ]);
    });

    it("is under a lock, which is the admin machine's and not the node's", () => {
        const { node } = evict({ title: "", members: [1, 2, 3], declared: 3 });

        assert.deepEqual(node.calls("flock"), ["flock --nonblock 9", "flock --wait 1500 8"]);
        assert.equal(node.exists("/run/pulumi-kubeadm-evict.lock"), true);
    });

    it("says that another eviction goes on when the lock does not come free", () => {
        const node = nodeWith({ title: "", members: [1, 2, 3], declared: 3 });
        node.stub("flock", { "--wait 1500": "exit 1" });

        const run = node.run(membership, values, "delete");

        assert.match(run.stderr, /seen: {4}other evictions still go on after 1500 s\n/);
        assert.deepEqual(changesOf(node), []);
    });
});

describe("the eviction of a worker", () => {
    const worker = { ...valuesOf("worker-1", "10.0.0.101"), ROLE: "worker" };

    it("drains it and deletes its Node, and asks etcd nothing", () => {
        const node = fakeNode();
        node.stub("kubectl", { 'type=="Ready"': "echo True" });

        node.run(membership, worker, "delete");

        assert.deepEqual(changesOf(node), [
            "drain worker-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 300s",
            "delete node worker-1 --ignore-not-found",
            "delete secret bootstrap-token-abcdef --ignore-not-found",
        ]);
    });

    it("does not drain one that is not Ready: nothing on it would answer", () => {
        const node = fakeNode();
        node.stub("kubectl", { 'type=="Ready"': "echo Unknown" });

        node.run(membership, worker, "delete");

        assert.equal(changesOf(node)[0], "delete node worker-1 --ignore-not-found");
    });

    it("leaves the Node when the drain does not end", () => {
        const node = fakeNode();
        node.stub("kubectl", { 'type=="Ready"': "echo True", drain: "echo 'cannot evict pod db-0' >&2; exit 1" });

        const run = node.run(membership, worker, "delete");

        assert.match(run.stderr, /cannot evict pod db-0\n/);
        assert.match(run.stderr, /seen: {4}the drain of worker-1 did not end\n/);
        assert.deepEqual(changesOf(node).slice(1), []);
    });
});

const values = { ...valuesOf("control-plane-2", "10.0.0.12"), ROLE: "control-plane" };

function valuesOf(name: string, address: string) {
    return {
        NODE: name,
        ADDRESS: address,
        IDENTITY: "container-2",
        KUBECONFIG_TEXT: "the kubeconfig",
        TOKEN_ID: "abcdef",
        LABELS: [],
        TAINTS: [],
        CNI: "flannel",
        KUBERNETES_VERSION: "1.37.1",
        CONTAINERD_VERSION: "2.3.7",
    };
}

function evict(quorum: Quorum): { node: FakeNode; run: Run } {
    const node = nodeWith(quorum);
    return { node, run: node.run(membership, values, "delete") };
}

/** An admin machine of a cluster with this etcd. */
function nodeWith({ members, declared, unhealthy = [], unstarted = [] }: Quorum, answers: Record<string, string> = {}) {
    const node = fakeNode();
    const list = members.map((id) =>
        unstarted.includes(id)
            ? `${String(id).repeat(4)}, unstarted, , https://10.0.0.1${id}:2380, , true`
            : `${String(id).repeat(4)}, started, control-plane-${id}, https://10.0.0.1${id}:2380, https://10.0.0.1${id}:2379, false`,
    );
    const health = unhealthy.map(
        (id) => `[[ $line != *10.0.0.1${id}:2379* ]] || { echo 10.0.0.1${id}:2379 is unhealthy; exit 1; }`,
    );
    node.stub("kubectl", {
        ...answers,
        "data.controlPlaneNodes": `echo ${declared}`,
        "get pods": `printf 'etcd-control-plane-%s\\n' ${members.join(" ")}`,
        "member list": `cat <<'LIST'\n${list.join("\n")}\nLIST\n`,
        "endpoint health": ["", ...health, ""].join("\n"),
        'type=="Ready"': "echo True",
        ...answers,
    });
    return node;
}

/** What kubectl was told to change, from its verb on. */
function changesOf(node: FakeNode): string[] {
    return node
        .calls("kubectl")
        .flatMap((line) => / ((?:drain|delete|member remove|label|taint|annotate) .*)$/.exec(line)?.[1] ?? []);
}
