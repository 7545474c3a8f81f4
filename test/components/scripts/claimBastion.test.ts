import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const claim = programScript("claim-bastion");
const values = { NODE: "bastion", CLUSTER: "prod" };
const owner = "/var/lib/pulumi-kubeadm/bastion-of";

describe("claim-bastion.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("uname", "echo aarch64");
    });

    it("notes whose bastion the machine is, once", () => {
        const first = node.run(claim, values);
        const second = node.run(claim, values, "update");

        assert.deepEqual([first.stderr, second.stderr], ["", ""]);
        assert.equal(first.stdout, "bastion: seeing whether it can be the bastion of prod\n");
        assert.equal(node.read(owner), "prod\n");
    });

    it("refuses the bastion of another cluster, and leaves it to that one", () => {
        node.write(owner, "staging");

        const run = node.run(claim, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}it is the bastion of the cluster staging; \n/);
        assert.match(run.stderr, /repair: .* remove \S+bastion-of on it when that cluster is gone/);
        assert.equal(node.read(owner).trim(), "staging");
    });

    it("says all that is missing, and notes nothing", () => {
        node.stub("uname", "echo riscv64");
        node.unstub("openssl");

        const run = node.run(claim, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /it has a riscv64 processor, .*; it has no openssl; \n/);
        assert.equal(node.exists(owner), false);
    });
});
