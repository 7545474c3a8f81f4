import assert from "node:assert/strict";
import { changesOf, externalEtcd } from "../../support/externalEtcd";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const admit = programScript("etcd-admit");
const endpoints = [1, 2, 3].map((number) => `https://10.0.0.3${number}:2379`);
const values = {
    NODE: "etcd-2",
    ADDRESS: "10.0.0.32",
    IDENTITY: "container-2",
    ETCD_ENDPOINTS: endpoints,
    ETCD_CA: "the CA",
    ETCD_CERTIFICATE: "the certificate",
    ETCD_KEY: "the secret key",
};
const ownKey = "pulumi-kubeadm/machines/etcd-2";

describe("the admission of a member of external etcd", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("adds the machine as a learner, which has no vote", () => {
        externalEtcd(node, ["1"]);

        const run = node.run(admit, values);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), ["member add etcd-2 --learner --peer-urls https://10.0.0.32:2380"]);
    });

    it("asks all members, with a key that is in no file, output or command line", () => {
        externalEtcd(node, ["1"]);

        const run = node.run(admit, values);

        const shown = [run.stdout, run.stderr, ...node.calls(), ...Object.values(node.files())].join("\n");
        assert.doesNotMatch(shown, /the secret key/);
        assert.match(node.inputs(), /the secret key\n/);
        assert.ok(node.calls("etcdctl").every((line) => line.includes(` --endpoints ${endpoints.join(",")} `)));
    });

    it("does nothing for a machine that is a member already", () => {
        externalEtcd(node, ["1", "2"], { keys: { [ownKey]: "container-2" } });

        const run = node.run(admit, values);

        assert.equal(run.stdout, "etcd-2: is a member already\n");
        assert.deepEqual(changesOf(node), []);
    });

    it("takes out first what another machine of this name left", () => {
        externalEtcd(node, ["1", "2", "3"], { keys: { [ownKey]: "container-1" } });

        node.run(admit, values);

        assert.deepEqual(changesOf(node), [
            "member remove 2222",
            "member add etcd-2 --learner --peer-urls https://10.0.0.32:2380",
        ]);
    });
});

describe("the eviction of a member of external etcd", () => {
    const allowed = [
        { title: "all are healthy", members: ["1", "2", "3"] },
        { title: "it alone is not healthy", members: ["1", "2", "3"], unhealthy: [2] },
        { title: "its machine was lost while it was a learner", members: ["1", "2 learner", "3"], unhealthy: [2] },
    ];

    allowed.forEach(({ title, members, unhealthy }) => {
        it(`hands the lead over and takes it out when ${title}`, () => {
            const { node, run } = evict(members, unhealthy);

            assert.equal(run.status, 0, run.stderr);
            assert.deepEqual(changesOf(node), [
                "txn",
                "move-leader 3333 --endpoints https://10.0.0.32:2379",
                "member remove 2222",
                "del pulumi-kubeadm/turn",
            ]);
        });
    });

    it("has nothing to take out of an etcd that it is no member of", () => {
        const { node, run } = evict(["1", "3"]);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(
            changesOf(node).filter((line) => line.startsWith("member")),
            [],
        );
    });

    const refused = [
        {
            title: "another is not healthy",
            members: ["1", "2", "3"],
            unhealthy: [3],
            seen: /10\.0\.0\.33: is unhealthy/,
        },
        { title: "there are fewer than declared", members: ["1", "2"], seen: /2 members, 3 declared: / },
        { title: "another has not started", members: ["1", "2", "3 unstarted"], seen: /a member has not started/ },
        { title: "another is a learner", members: ["1", "2", "3 learner"], seen: /a member is still a learner/ },
        {
            title: "it is the only one",
            members: ["2"],
            keys: { "pulumi-kubeadm/size": "1" },
            seen: /there is no other member/,
        },
        {
            title: "it is the turn of another",
            members: ["1", "2", "3"],
            keys: { "pulumi-kubeadm/turn": "etcd-3" },
            seen: /it is the turn of etcd-3/,
        },
        {
            title: "nobody said how many there should be",
            members: ["1", "2", "3"],
            keys: { "pulumi-kubeadm/size": "" },
            seen: /etcd does not say how many members it is meant to have/,
        },
    ];

    refused.forEach(({ title, members, unhealthy, keys, seen }) => {
        it(`waits, then changes nothing, when ${title}`, () => {
            const { node, run } = evict(members, unhealthy, keys);

            assert.equal(run.status, 97);
            assert.match(run.stderr, /seen: {4}etcd would lose its quorum: /);
            assert.match(run.stderr, seen);
            assert.deepEqual(changesOf(node), []);
        });
    });

    it("takes up its own turn that an interrupted run left", () => {
        const { node, run } = evict(["1", "2", "3"], [], { "pulumi-kubeadm/turn": "etcd-2" });

        assert.equal(run.status, 0, run.stderr);
        assert.ok(changesOf(node).includes("member remove 2222"));
    });

    function evict(
        members: readonly string[],
        unhealthy: readonly number[] = [],
        keys: Readonly<Record<string, string>> = {},
    ): { node: FakeNode; run: Run } {
        const node = fakeNode();
        externalEtcd(node, members, { unhealthy, keys });
        return { node, run: node.run(admit, values, "delete") };
    }
});
