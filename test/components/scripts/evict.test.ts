import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const admit = programScript("admit");
const admitWithoutEtcd = programScript("admit", "etcdctl");

/** Members of etcd by the last number of their address, and which of them do not answer. */
interface Quorum {
    readonly title: string;
    readonly members: readonly number[];
    readonly declared: number;
    readonly unhealthy?: readonly number[];
    /** Members that have been added and never started. */
    readonly unstarted?: readonly number[];
    /** Control planes whose API servers are Ready; those of all members unless it is given. */
    readonly apiServers?: readonly number[];
}

describe("the eviction of a control plane", () => {
    const allowed: readonly Quorum[] = [
        { title: "all 3 members are healthy", members: [1, 2, 3], declared: 3 },
        { title: "it is the one that is not healthy", members: [1, 2, 3], declared: 3, unhealthy: [2] },
        { title: "5 members become 3", members: [1, 2, 3, 4, 5], declared: 3 },
        { title: "6 members are 3 old and 3 new ones", members: [1, 2, 3, 4, 5, 6], declared: 3 },
        { title: "3 members become 1", members: [1, 2, 3], declared: 1 },
        { title: "it is no member", members: [1, 3], declared: 3 },
        { title: "its own API server is not Ready", members: [1, 2, 3], declared: 3, apiServers: [1] },
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
            seen: /seen: {4}the control plane cannot do without control-plane-2: .*10\.0\.0\.13:2379 is unhealthy/,
        },
        {
            title: "it and another member are not healthy",
            members: [1, 2, 3],
            declared: 3,
            unhealthy: [2, 3],
            seen: /seen: {4}the control plane cannot do without control-plane-2: .*10\.0\.0\.13:2379 is unhealthy/,
        },
        {
            title: "there are fewer members than declared",
            members: [1, 2],
            declared: 3,
            seen: /seen: {4}the control plane cannot do without control-plane-2: 2 members, 3 declared: control-plane-1 control-plane-2\n/,
        },
        {
            title: "the API server of another one is not Ready",
            members: [1, 2, 3],
            declared: 3,
            apiServers: [2, 3],
            seen: /cannot do without control-plane-2: 1 API servers are Ready beside its own, 2 must be\n/,
        },
        {
            title: "another member has not started",
            members: [1, 2, 3, 4],
            unstarted: [4],
            declared: 3,
            seen: /seen: {4}the control plane cannot do without control-plane-2: a member has not started\n/,
        },
        {
            title: "it is the only member",
            members: [2],
            declared: 1,
            seen: /seen: {4}the control plane cannot do without control-plane-2: no etcd member runs on another node\n/,
        },
    ];

    refused.forEach((quorum) => {
        it(`waits, then changes nothing, when ${quorum.title}`, () => {
            const { node, run } = evict(quorum);

            assert.equal(run.status, 97);
            assert.match(run.stderr, /waited 900 s for the control plane to be able to do without control-plane-2/);
            assert.match(run.stderr, quorum.seen);
            assert.deepEqual(changesOf(node), []);
        });
    });

    it("waits for the API servers of the others also where etcd has machines of its own", () => {
        const node = fakeNode();
        const names = [1, 2, 3].map((number) => `control-plane-${number}`);
        node.stub("kubectl", {
            "{.data.nodes-control-plane}": "echo 3 1",
            "component=kube-apiserver": `echo kube-apiserver-${names.join(" True; echo kube-apiserver-")} False`,
            "get nodes": `printf '%s True\\n' ${names.join(" ")}`,
            'type=="Ready"': "echo True",
        });

        const run = node.run(admitWithoutEtcd, { ...values, HAS_ETCD: false }, "delete");

        assert.equal(run.status, 97);
        assert.match(run.stderr, /1 API servers are Ready beside its own, 2 must be\n/);
        assert.deepEqual(changesOf(node), []);
    });

    it("refuses when nobody can say how many control planes are declared", () => {
        const node = nodeWith({ title: "", members: [1, 2, 3], declared: 3 }, { "data.controlPlaneNodes": "exit 1" });
        const silent = nodeWith({ title: "", members: [1, 2, 3], declared: 3 }, { "data.controlPlaneNodes": "" });

        assert.equal(node.run(admit, values, "delete").status, 97);
        assert.match(silent.run(admit, values, "delete").stderr, /does not say how many control planes/);
        assert.deepEqual([...changesOf(node), ...changesOf(silent)], []);
    });

    it("waits until the others are healthy", () => {
        const node = nodeWith(
            { title: "", members: [1, 2, 3], declared: 3 },
            {
                "endpoint health": `[[ $(grep -c 'endpoint health' "$LOG/calls") -ge 3 ]]`,
            },
        );

        assert.equal(node.run(admit, values, "delete").status, 0);
    });

    it("asks the health of all members but the one to go, from another node's member", () => {
        const { node } = evict({ title: "", members: [1, 2, 3], declared: 3 });

        const [health = ""] = node.calls("kubectl").filter((line) => line.includes("endpoint health"));
        assert.match(health, / exec etcd-control-plane-1 -- etcdctl /);
        assert.match(health, / --endpoints https:\/\/10\.0\.0\.11:2379,https:\/\/10\.0\.0\.13:2379$/);
    });

    it("drains, admits it for who takes this back, deletes the Node, has another member lead, takes its own out and revokes the token, in this order", () => {
        const { node, run } = evict({ title: "", members: [1, 2, 3], declared: 3 });

        assert.deepEqual(run.stdout.trim().split("\n"), [
            "control-plane-2: waiting until the control plane can do without it",
            "control-plane-2: draining it",
            "control-plane-2: deleting the node",
            "control-plane-2: taking its etcd member out",
            "control-plane-2: revoking its token",
        ]);
        assert.deepEqual(changesOf(node), [
            "annotate --overwrite node control-plane-2 pulumi-kubeadm/drained=leaving",
            "drain control-plane-2 --ignore-daemonsets --delete-emptydir-data --force --timeout 30s",
            "apply --server-side --field-manager pulumi-kubeadm --filename -",
            "delete node control-plane-2 --ignore-not-found",
            "delete pod etcd-control-plane-2 kube-apiserver-control-plane-2 --ignore-not-found --force --grace-period 0",
            "move-leader 3333 --endpoints https://10.0.0.12:2379",
            "member remove 2222",
            "delete secret bootstrap-token-abcdef --ignore-not-found",
        ]);
    });

    it("is under a lock, which is the admin machine's and not the node's", () => {
        const { node } = evict({ title: "", members: [1, 2, 3], declared: 3 });

        assert.deepEqual(node.calls("flock"), ["flock --nonblock 9", "flock --nonblock 8"]);
        assert.equal(node.exists("/run/pulumi-kubeadm-control-plane.lock"), true);
    });

    it("waits for another one that goes on, and asks nothing meanwhile", () => {
        const node = nodeWith({ title: "", members: [1, 2, 3], declared: 3 });
        node.stub("flock", { "--nonblock 8": "exit 1" });

        const run = node.run(admit, values, "delete");

        assert.match(
            run.stderr,
            /seen: {4}the control plane cannot do without control-plane-2: another node of the pool control-plane is leaving, or being admitted/,
        );
        assert.deepEqual(
            node.calls("kubectl").filter((line) => line.includes("etcdctl")),
            [],
        );
        assert.deepEqual(changesOf(node), []);
    });

    it("lets others go first while it may not go itself", () => {
        const { node } = evict({ title: "", members: [1, 2, 3], declared: 3, unhealthy: [3] });

        assert.deepEqual(node.calls("flock").slice(-2), ["flock --nonblock 8", "flock --unlock 8"]);
    });
});

describe("a member of etcd that is to go", () => {
    it("is tried again while etcd keeps it, as when another one has just joined, and never leads then", () => {
        const node = nodeWith(
            { title: "", members: [1, 2, 3], declared: 3 },
            { "member remove": `[[ $(grep -c 'member remove' "$LOG/calls") -ge 2 ]]` },
        );

        const run = node.run(admit, values, "delete");

        assert.equal(run.status, 0, run.stderr);
        const tried = ["move-leader 3333 --endpoints https://10.0.0.12:2379", "member remove 2222"];
        assert.deepEqual(changesOf(node).slice(-5, -1), [...tried, ...tried]);
    });

    it("is named when etcd never lets it go", () => {
        const node = nodeWith(
            { title: "", members: [1, 2, 3], declared: 3 },
            { "member remove": "echo 'etcdserver: unhealthy cluster' >&2; exit 1" },
        );

        const run = node.run(admit, values, "delete");

        assert.match(run.stderr, /seen: {4}etcd does not let its member go: etcdserver: unhealthy cluster\n/);
        const changes = changesOf(node);
        assert.ok(
            changes.some((line) => line.startsWith("apply ")),
            "who takes this back can join",
        );
        assert.ok(!changes.some((line) => line.startsWith("delete secret ")));
    });
});

describe("the eviction of a worker", () => {
    const leaving = [
        "apply --server-side --field-manager pulumi-kubeadm --filename -",
        "delete node worker-1 --ignore-not-found",
        "delete secret bootstrap-token-abcdef --ignore-not-found",
    ];

    it("cordons and drains it and deletes its Node, and asks etcd nothing", () => {
        const { node, run } = evictWorker();

        assert.deepEqual(run.stdout.trim().split("\n"), [
            "worker-1: waiting until its pool can do without it",
            "worker-1: draining it",
            "worker-1: deleting the node",
            "worker-1: revoking its token",
        ]);
        assert.deepEqual(changesOf(node), [mark, "cordon worker-1", drain, ...leaving]);
        assert.deepEqual(
            node.calls("kubectl").filter((line) => line.includes("etcd")),
            [],
        );
    });

    it("does not wait for the drains of others of its pool", () => {
        const { node } = evictWorker();

        assert.deepEqual(node.calls("flock"), ["flock --nonblock 9", "flock --nonblock 8", "flock --unlock 8"]);
        assert.equal(node.exists("/run/pulumi-kubeadm-worker.lock"), true);
    });

    it("does not wait for, nor drain, one that is not Ready: nothing on it would answer", () => {
        const { node } = evictWorker({ [ready]: "echo Unknown", [nodesOfPool]: "" });

        assert.deepEqual(changesOf(node), leaving);
    });

    it("is given up when the cluster does not say whether it is Ready", () => {
        const { node, run } = evictWorker({ [ready]: "exit 1" });

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}the cluster does not say whether worker-1 is Ready\n/);
        assert.deepEqual(changesOf(node), []);
    });

    it("goes on draining one of which the cluster does not say meanwhile whether it is Ready", () => {
        const { node, run } = evictWorker({
            [ready]: `[[ $(grep -c 'kubectl.* cordon' "$LOG/calls") == 1 && $(grep -c 'type=="Ready"' "$LOG/calls") == 4 ]] && exit 1; echo True`,
        });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), [mark, "cordon worker-1", drain, ...leaving]);
    });

    it("does not cordon one that it cannot mark: nobody would uncordon it", () => {
        const { node, run } = evictWorker({ [cordon]: "exit 1" });

        assert.equal(run.status, 97);
        assert.deepEqual(changesOf(node), []);
    });

    it("drains one that has no Node object no more than one that is not Ready", () => {
        const { node } = evictWorker({ [ready]: "" });

        assert.deepEqual(changesOf(node), leaving);
    });

    it("stops draining one that falls silent meanwhile", () => {
        const { node } = evictWorker({
            [ready]: `[[ $(grep -c 'kubectl.* drain' "$LOG/calls") == 0 ]] && echo True || echo Unknown`,
            " drain ": "exit 1",
        });

        assert.deepEqual(changesOf(node), [mark, "cordon worker-1", drain, ...leaving]);
    });

    const pools: readonly { title: string; declared: string; others: readonly string[]; goes: boolean }[] = [
        { title: "enough others are there", declared: "3 1", others: ["worker-2 True", "worker-3 True"], goes: true },
        { title: "the pool shrinks", declared: "2 1", others: ["worker-2 True", "worker-3 True"], goes: true },
        { title: "it is the only one", declared: "1 1", others: [], goes: true },
        { title: "the pool is not declared any more", declared: "", others: [], goes: true },
        { title: "more may be missing", declared: "3 2", others: ["worker-2 True", "worker-3 Unknown"], goes: true },
        {
            title: "another one is not Ready",
            declared: "3 1",
            others: ["worker-2 True", "worker-3 False"],
            goes: false,
        },
        {
            title: "another one is leaving",
            declared: "3 1",
            others: ["worker-2 True", "worker-3 True true"],
            goes: false,
        },
        { title: "another one is on its way", declared: "3 1", others: ["worker-2 True"], goes: false },
        {
            title: "the one that comes in its place is there",
            declared: "2 1",
            others: ["worker-1-i0a1b2 True"],
            goes: true,
        },
        {
            title: "only nodes of other pools are there",
            declared: "2 1",
            others: [
                "gpu-1 True",
                "worker-a-1 True",
                "worker-1-1 True",
                "worker-1-2-i0a1b2 True",
                "control-plane-1 True",
            ],
            goes: false,
        },
    ];

    for (const { title, declared, others, goes } of pools) {
        it(`${goes ? "goes ahead" : "waits, then changes nothing,"} when ${title}`, () => {
            const { node, run } = evictWorker({
                [record]: `echo ${declared}`,
                [nodesOfPool]: `printf '%s\\n' 'worker-1 True' ${others.map((each) => `'${each}'`).join(" ")}`,
            });

            assert.equal(run.status, goes ? 0 : 97, run.stderr);
            assert.deepEqual(changesOf(node), goes ? [mark, "cordon worker-1", drain, ...leaving] : []);
        });
    }

    it("says which nodes are missing", () => {
        const { run } = evictWorker({ [nodesOfPool]: "printf '%s\\n' 'worker-1 True' 'worker-2 False'" });

        assert.match(run.stderr, /waited 1800 s for the pool worker to be able to do without worker-1/);
        assert.match(
            run.stderr,
            /seen: .* the pool worker would be missing: 0 of 2 are available beside it, 1 must be\n/,
        );
        assert.match(run.stderr, /repair: {2}bring them back, take them out, or raise maxUnavailable of the pool\n/);
    });
});

describe("a drain that does not end", () => {
    const refused =
        'error when evicting pods/"db-0" -n "shop" (will retry after 5s): ' +
        "Cannot evict pod as it would violate the pod's disruption budget.";
    const unfinished = [
        'error when waiting for pod "job-x" in namespace "batch" to terminate: global timeout reached: 30s',
        "There are pending nodes to be drained:",
    ].join("\n");

    it("names the pod, its budget and what it lacks", () => {
        const { run } = evictWorker({
            " drain ": says(refused),
            "get poddisruptionbudgets": "printf '%s\\n' 'db 2 2 app=db,tier=data,' 'web 1 1 app=web,'",
            "--selector app=db,tier=data --field-selector metadata.name=db-0": "echo pod/db-0",
        });

        assert.match(
            run.stderr,
            /seen: {4}the drain of worker-1 did not end: pod shop\/db-0 is kept by the disruption budget db, which needs 2 healthy pods and has 2\n/,
        );
        assert.match(run.stderr, /FAILED {2}worker-1, while: draining it\n/);
        assert.match(run.stderr, /repair: {2}give its pods room on other nodes, add a replica, or relax the budget\n/);
    });

    it("names a pod that takes too long to end", () => {
        const { run } = evictWorker({ " drain ": says(unfinished) });

        assert.match(run.stderr, /seen: {4}the drain of worker-1 did not end: pod batch\/job-x does not end\n/);
    });

    it("gives kubectl's words when they are others", () => {
        const { run } = evictWorker({ " drain ": says("error: the server is on fire") });

        assert.match(run.stderr, /seen: {4}the drain of worker-1 did not end: error: the server is on fire\n/);
    });

    it("leaves the Node, and lets it take pods again", () => {
        const { node } = evictWorker({ " drain ": says(refused) });

        assert.deepEqual(changesOf(node), [
            mark,
            "cordon worker-1",
            drain,
            drain,
            "uncordon worker-1",
            "annotate node worker-1 pulumi-kubeadm/drained-",
        ]);
    });

    it("leaves the cordon of somebody else", () => {
        const { node } = evictWorker({ " drain ": says(refused), [cordon]: "echo worker-1true" });

        assert.deepEqual(changesOf(node), ["cordon worker-1", drain, drain]);
    });

    function says(words: string): string {
        return `cat >&2 <<'WORDS'\n${words}\nWORDS\nexit 1\n`;
    }
});

const ready = 'get node worker-1 --ignore-not-found --output jsonpath={.status.conditions[?(@.type=="Ready")].status}';
const mark = "annotate --overwrite node worker-1 pulumi-kubeadm/drained=leaving";
const drain = "drain worker-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 30s";
const cordon = "jsonpath={.metadata.name}{.spec.unschedulable}";
const nodesOfPool = "get nodes";
const record = "maxUnavailable-worker";

/** The eviction of worker-1 from a pool of two, with a cluster that answers so. */
function evictWorker(answers: Record<string, string> = {}): { node: FakeNode; run: Run } {
    const node = fakeNode();
    node.stub("kubectl", {
        ...answers,
        [record]: answers[record] ?? "echo 2 1",
        [nodesOfPool]: answers[nodesOfPool] ?? "printf '%s\\n' 'worker-1 True' 'worker-2 True'",
        [ready]: answers[ready] ?? "echo True",
        [cordon]: answers[cordon] ?? `grep -q ' cordon ' "$LOG/calls" && echo worker-1true || echo worker-1`,
        "annotations.pulumi-kubeadm/drained}": `grep -q 'drained=leaving' "$LOG/calls" && echo leaving`,
    });
    const values = { ...valuesOf("worker-1", "10.0.0.101"), HAS_ETCD: false, POOL: "worker" };
    return { node, run: node.run(admitWithoutEtcd, values, "delete") };
}

const values = { ...valuesOf("control-plane-2", "10.0.0.12"), HAS_ETCD: true, POOL: "control-plane" };

function valuesOf(name: string, address: string) {
    return {
        NODE: name,
        PLACE: name,
        ADDRESS: address,
        IDENTITY: "container-2",
        KUBECONFIG_TEXT: "the kubeconfig",
        TOKEN_ID: "abcdef",
        TOKEN_SECRET: "0123456789abcdef",
        TOKEN_MINUTES: 60,
        ADMISSION: "2026-11-21T08:00:00Z",
    };
}

function evict(quorum: Quorum): { node: FakeNode; run: Run } {
    const node = nodeWith(quorum);
    return { node, run: node.run(admit, values, "delete") };
}

/** An admin machine of a cluster with this etcd. */
function nodeWith(
    { members, declared, unhealthy = [], unstarted = [], apiServers = members }: Quorum,
    answers: Record<string, string> = {},
) {
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
        "component=kube-apiserver": members
            .map((id) => `echo kube-apiserver-control-plane-${id} ${apiServers.includes(id) ? "True" : "False"}`)
            .join("; "),
        "get pods": `printf 'etcd-control-plane-%s\\n' ${members.join(" ")}`,
        "member list": `cat <<'LIST'\n${list.join("\n")}\nLIST\n`,
        "endpoint health": ["", ...health, ""].join("\n"),
        'type=="Ready"': "echo True",
        "jsonpath={.metadata.name}{.spec.unschedulable}": "echo control-plane-2",
        ...answers,
    });
    return node;
}

/** What kubectl was told to change, from its verb on. */
function changesOf(node: FakeNode): string[] {
    return node
        .calls("kubectl")
        .flatMap(
            (line) =>
                / ((?:cordon|uncordon|drain|apply|delete|member remove|move-leader|label|taint|annotate) .*)$/.exec(
                    line,
                )?.[1] ?? [],
        );
}
