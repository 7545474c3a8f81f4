import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const admit = programScript("admit");
const admitWithoutEtcd = programScript("admit", "etcdctl");
const values = {
    NODE: "control-plane-1-i2",
    PLACE: "control-plane-1",
    POOL: "control-plane",
    HAS_ETCD: true,
    ADDRESS: "10.0.0.12",
    IDENTITY: "i-2",
    KUBECONFIG_TEXT: "the kubeconfig",
    TOKEN_ID: "abcdef",
    TOKEN_SECRET: "secretpartofit00",
    TOKEN_MINUTES: 60,
    ADMISSION: "2026-11-21T08:00:00Z",
};
const others = ["control-plane-2-ia", "control-plane-3-ib"];
const admission = "apply --server-side --field-manager pulumi-kubeadm --filename -";

/** A cluster while a machine comes in the place of another one. */
interface Cluster {
    /** Names of voters; the number of each is its id and the end of its address. */
    readonly voters: readonly string[];
    /** Voters that do not answer. */
    readonly lost?: readonly string[];
    /** Ids of learners that have not started. */
    readonly learners?: readonly number[];
    /** Machines that have a token; the Secret of the first is t1, and so on. */
    readonly admitted?: readonly string[];
}

describe("admit.sh of a machine that comes before the one in its place goes", () => {
    const predecessor = "control-plane-1-i1";

    it("leaves that one alone while its member of etcd is healthy", () => {
        const { node, run } = admitIn({ voters: [predecessor, ...others] });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), [admission]);
    });

    it("takes that one out of etcd when it is lost, since etcd takes no new member meanwhile", () => {
        const { node, run } = admitIn({ voters: [predecessor, ...others], lost: [predecessor] });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), [
            `delete node ${predecessor} --ignore-not-found`,
            `delete pod etcd-${predecessor} kube-apiserver-${predecessor} --ignore-not-found --force --grace-period 0`,
            "member remove 1",
            admission,
        ]);
        assert.match(run.stdout, /clearing what control-plane-1-i1 left, whose member of etcd is away\n/);
    });

    it("does the same for one whose name has no word of its own", () => {
        const { node } = admitIn({ voters: ["control-plane-1", ...others], lost: ["control-plane-1"] });

        assert.ok(changesOf(node).includes("member remove 1"));
    });

    it("takes no lost one out while another member is not healthy", () => {
        const { node, run } = admitIn({ voters: [predecessor, ...others], lost: [predecessor, ...others.slice(1)] });

        assert.equal(run.status, 97);
        assert.match(run.stderr, /waited 900 s for the control plane to be able to do without control-plane-1-i1/);
        assert.match(
            run.stderr,
            /seen: {4}the control plane cannot do without control-plane-1-i1: .*10\.0\.0\.3:2379 is unhealthy/,
        );
        assert.deepEqual(changesOf(node), []);
    });

    it("takes no lost one out that has another place", () => {
        const elsewhere = ["control-plane-11-i1", "control-plane-2-i1", "control-plane-1-1"];
        const { node, run } = admitIn({ voters: [...elsewhere, ...others], lost: elsewhere });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), [admission]);
    });

    it("revokes the token of one that never ended its join, and takes out the learner that it left", () => {
        const { node, run } = admitIn({ voters: ["x", ...others], learners: [4], admitted: [predecessor] });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), ["delete secret t1 --ignore-not-found", "member remove 4", admission]);
    });

    it("waits for a machine in another place, and leaves its learner alone", () => {
        const { node, run } = admitIn({ voters: ["x", ...others], learners: [4], admitted: ["control-plane-4-ic"] });

        assert.equal(run.status, 97);
        assert.match(run.stderr, /another control plane is still joining: control-plane-4-ic is on its way\n/);
        assert.deepEqual(changesOf(node), []);
    });

    it("asks for no predecessor of a worker, which is evicted when it goes", () => {
        const { node, run } = admitIn({ voters: others }, { NODE: "worker-1-i2", PLACE: "worker-1", HAS_ETCD: false });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), [admission]);
        assert.deepEqual(
            node.calls("kubectl").filter((line) => line.includes("etcd")),
            [],
        );
    });

    it("asks for none where a machine goes before another one comes", () => {
        const { node, run } = admitIn({ voters: ["x", ...others], learners: [4] }, { NODE: "control-plane-1" });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), [admission]);
    });
});

describe("the end of an admission where another machine comes before one goes", () => {
    const own = "worker-1-i2";
    const cases: { title: string; nodes: readonly string[]; places: string; evicts: boolean }[] = [
        { title: "another machine came in its place", nodes: [own, "worker-1-i3"], places: "worker-1", evicts: true },
        { title: "its place is not wanted any more", nodes: [own], places: "worker-11 worker-2", evicts: true },
        { title: "it never became a node", nodes: ["worker-2-i3"], places: "worker-1", evicts: true },
        { title: "nobody came after it", nodes: [own, "worker-11-i3"], places: "worker-2 worker-1", evicts: false },
        { title: "the one before it is still there", nodes: ["worker-1-i1", own], places: "worker-1", evicts: false },
    ];

    for (const { title, nodes, places, evicts } of cases) {
        it(`${evicts ? "evicts" : "leaves"} the node when ${title}`, () => {
            const node = fakeNode();
            node.stub("kubectl", {
                "annotations.pulumi-kubeadm/machine": "echo i-2",
                "data.places": `echo ${places}`,
                "--sort-by .metadata.creationTimestamp": `printf '%s\\n' ${nodes.join(" ")}`,
            });

            const given = { NODE: own, PLACE: "worker-1", POOL: "worker", HAS_ETCD: false };
            const run = node.run(admitWithoutEtcd, { ...values, ...given }, "delete");

            assert.equal(run.status, 0, run.stderr);
            assert.deepEqual(
                changesOf(node),
                evicts
                    ? [
                          admission,
                          `delete node ${own} --ignore-not-found`,
                          "delete secret bootstrap-token-abcdef --ignore-not-found",
                      ]
                    : [],
            );
        });
    }

    it("fails rather than guess when the cluster does not say", () => {
        const node = fakeNode();
        node.stub("kubectl", { "annotations.pulumi-kubeadm/machine": "echo i-2", "data.places": "exit 1" });

        assert.equal(node.run(admit, values, "delete").status, 97);
        assert.deepEqual(changesOf(node), []);
    });
});

function admitIn(
    { voters, lost = [], learners = [], admitted = [] }: Cluster,
    given: Partial<typeof values> = {},
): { node: FakeNode; run: Run } {
    const node = fakeNode();
    const addressOf = (id: number): string => `https://10.0.0.${id}`;
    const list = [
        ...voters.map(
            (name, index) =>
                `${index + 1}, started, ${name}, ${addressOf(index + 1)}:2380, ${addressOf(index + 1)}:2379, false`,
        ),
        ...learners.map((id) => `${id}, unstarted, , ${addressOf(id)}:2380, , true`),
    ];
    const unhealthy = lost.map((name) => {
        const address = `10.0.0.${voters.indexOf(name) + 1}:2379`;
        return `[[ ,\${line##* }, != *${address},* ]] || { echo ${address} is unhealthy; exit 1; }`;
    });
    const tokens = admitted.map((name, index) => {
        const secret = `t${index + 1}`;
        return `grep --quiet "delete secret ${secret} " "$LOG/calls" || printf '%s\\t%s\\n' ${name} ${secret}`;
    });
    node.stub("kubectl", {
        "data.controlPlaneNodes": "echo 3",
        "component=kube-apiserver": "printf 'kube-apiserver-control-plane-%s True\\n' 2-ia 3-ib",
        "get pods": "echo etcd-control-plane-3-ib True",
        "get secrets": [...tokens, "printf 'machines that join by themselves\\tt9\\n'"].join("\n"),
        "member remove": "",
        "member list": `
            while read -r line; do
                grep --quiet "member remove \${line%%,*}$" "$LOG/calls" || echo "$line"
            done <<'LIST'\n${list.join("\n")}\nLIST\n`,
        "endpoint health": ["", ...unhealthy, ""].join("\n"),
    });
    return { node, run: node.run(given["HAS_ETCD"] === false ? admitWithoutEtcd : admit, { ...values, ...given }) };
}

/** What kubectl was told to change, from its verb on. */
function changesOf(node: FakeNode): string[] {
    return node.calls("kubectl").flatMap((line) => / ((?:apply|delete|member remove|drain) .*)$/.exec(line)?.[1] ?? []);
}
