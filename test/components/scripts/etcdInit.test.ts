import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { changesOf, externalEtcd } from "../../support/externalEtcd";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const init = programScript("etcd-init");
const values = {
    NODE: "etcd-1",
    ADDRESS: "10.0.0.31",
    IDENTITY: "container-1",
    ETCD_ENDPOINTS: [1, 2, 3].map((number) => `https://10.0.0.3${number}:2379`),
    ETCD_SIZE: 3,
    SNAPSHOT_CHECKSUM: "",
};
const record = "/var/lib/pulumi-kubeadm/etcd-member";
const firstStart = "/etc/etcd/first-start.env";

describe("etcd-init.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        externalEtcd(node, ["1"]);
    });

    it("starts a member that is alone, and keeps in etcd how many there are to be", () => {
        const run = node.run(init, values);

        assert.equal(run.stderr, "");
        assert.equal(
            node.read(firstStart),
            "ETCD_INITIAL_CLUSTER=etcd-1=https://10.0.0.31:2380\nETCD_INITIAL_CLUSTER_STATE=new\n",
        );
        assert.deepEqual(node.calls("systemctl"), ["systemctl --no-block start etcd"]);
        assert.deepEqual(changesOf(node), [
            "put pulumi-kubeadm/size 3",
            "put pulumi-kubeadm/machines/etcd-1 container-1",
        ]);
        assert.equal(node.read(record), "1111\n");
    });

    it("does nothing on a machine that it has initialized", () => {
        node.write(record, "1111\n");

        const run = node.run(init, values);

        assert.equal(run.stdout, "etcd-1: is initialized\n");
        assert.deepEqual([...node.calls("systemctl"), ...changesOf(node)], []);
    });

    it("refuses to make a second one, and starts nothing", () => {
        node.stub("curl", "[[ $line == *10.0.0.33* ]]");

        const run = node.run(init, values);

        assert.match(run.stderr, /seen: {4}an etcd with this CA answers at https:\/\/10\.0\.0\.33:2379\n/);
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("says etcd's own words when it is not healthy", () => {
        externalEtcd(node, ["1"], { unhealthy: [1] });
        node.stub("journalctl", "echo 'invalid value many'");

        const run = node.run(init, values);

        assert.match(
            run.stderr,
            /seen: {4}the first member of etcd is not healthy: .*is unhealthy\n[^]*invalid value many/,
        );
        assert.equal(node.exists(record), false);
    });
});

describe("etcd-init.sh with a snapshot", () => {
    const file = "/var/lib/pulumi-kubeadm/restore.db";
    const content = "what etcd knew";
    const restoring = { ...values, SNAPSHOT_CHECKSUM: createHash("sha256").update(content).digest("hex") };
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        externalEtcd(node, ["1"]);
        node.write(file, content);
        node.stub("etcdutl");
        node.stub("chown");
    });

    it("makes the data of its user from it before etcd starts", () => {
        const run = node.run(init, restoring);

        assert.equal(run.stderr, "");
        const steps = node.calls().filter((line) => /^(etcdutl|chown|systemctl)/.test(line));
        assert.deepEqual(
            steps.map((line) => line.replaceAll(node.path("/"), "/")),
            [
                "systemctl stop etcd",
                `etcdutl snapshot restore ${file} --data-dir /var/lib/etcd --bump-revision 1000000000 --mark-compacted ` +
                    "--name etcd-1 --initial-cluster etcd-1=https://10.0.0.31:2380 " +
                    "--initial-advertise-peer-urls https://10.0.0.31:2380 --initial-cluster-token container-1",
                "chown --recursive etcd: /var/lib/etcd",
                "systemctl --no-block start etcd",
            ],
        );
        assert.equal(node.exists(file), false);
    });

    it("begins anew where an interrupted run had restored it", () => {
        node.write("/var/lib/etcd/member/snap/db");
        node.stub("etcdutl", `ls '${node.path("/var/lib/etcd")}'`);

        const run = node.run(init, restoring);

        assert.equal(run.status, 0, run.stderr);
        assert.equal(node.read("/var/log/pulumi-kubeadm/etcd.log"), "");
    });

    it("refuses another file than the one that was described, and starts nothing", () => {
        node.write(file, "something else");

        const run = node.run(init, restoring);

        assert.match(run.stderr, /seen: {4}the snapshot on this machine is not the one that was described\n/);
        assert.deepEqual(node.calls("etcdutl"), []);
        assert.deepEqual(node.calls("systemctl --no-block"), []);
    });
});
