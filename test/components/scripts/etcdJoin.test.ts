import assert from "node:assert/strict";
import { changesOf, externalEtcd } from "../../support/externalEtcd";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const values = {
    NODE: "etcd-2",
    ADDRESS: "10.0.0.32",
    IDENTITY: "container-2",
    ETCD_ENDPOINTS: [1, 2, 3].map((number) => `https://10.0.0.3${number}:2379`),
};
const record = "/var/lib/pulumi-kubeadm/etcd-member";
const firstStart = "/etc/etcd/first-start.env";
const data = "/var/lib/etcd/member/wal/0.wal";

/** A service that runs from its second look on. */
const starts = {
    "is-active": '[[ $(grep -c is-active "$LOG/calls") -gt 1 ]] && echo active || { echo activating; exit 3; }',
};

describe("etcd-join.sh", () => {
    const join = programScript("etcd-join");
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("systemctl", starts);
    });

    it("starts the member that was admitted, tells it all others, and has it promoted", () => {
        externalEtcd(node, ["1", "2 unstarted", "3 unstarted"]);
        // Without this file etcd would make a cluster of its own.
        node.stub("systemctl", { ...starts, "--no-block start": `[[ -e '${node.path(firstStart)}' ]]` });

        const run = node.run(join, values);

        assert.equal(run.status, 0, run.stderr);
        assert.equal(
            node.read(firstStart),
            "ETCD_INITIAL_CLUSTER=etcd-1=https://10.0.0.31:2380,etcd-2=https://10.0.0.32:2380,3333=https://10.0.0.33:2380\n" +
                "ETCD_INITIAL_CLUSTER_STATE=existing\n",
        );
        assert.deepEqual(changesOf(node), ["member promote 2222", "put pulumi-kubeadm/machines/etcd-2 container-2"]);
        assert.equal(node.read(record), "2222\n");
    });

    it("starts a member with its own data again", () => {
        externalEtcd(node, ["1", "2", "3"]);
        node.write(record, "2222\n");
        node.write(data);

        const run = node.run(join, values);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual([node.exists(data), node.exists(firstStart)], [true, false]);
        assert.deepEqual(node.calls("systemctl stop"), []);
    });

    it("does not start a member with the data of an earlier one", () => {
        externalEtcd(node, ["1", "2 unstarted", "3"]);
        node.write(record, "8888\n");
        node.write("/var/lib/pulumi-kubeadm/kubernetes-version", "1.37.1\n");
        node.write(data);

        const run = node.run(join, values);

        assert.equal(run.status, 0, run.stderr);
        assert.equal(node.exists(data), false);
        assert.equal(node.exists("/var/lib/pulumi-kubeadm/kubernetes-version"), false, "it was not settled yet");
        assert.deepEqual(node.calls("systemctl").slice(0, 2), [
            "systemctl stop etcd",
            "systemctl --no-block start etcd",
        ]);
    });

    it("says so when its member was taken out", () => {
        externalEtcd(node, ["1", "3"]);

        const run = node.run(join, values);

        assert.match(run.stderr, /seen: {4}etcd has no member at 10\.0\.0\.32\n/);
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("shows etcd's own words when it does not start", () => {
        externalEtcd(node, ["1", "2 unstarted", "3"]);
        node.stub("systemctl", { "is-active": "echo activating; exit 3" });
        node.stub("journalctl", "echo 'panic: no way'");

        const run = node.run(join, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}etcd does not start: activating\n[^]* {4}panic: no way\n/);
    });
});
