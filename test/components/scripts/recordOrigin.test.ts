import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const record = programScript("record-origin");
const file = "/var/lib/pulumi-kubeadm/origin";
const origin = "1: a.db, sha256 0123456789ab";

describe("record-origin.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("records which restore the cluster begins with", () => {
        const run = node.run(record, { NODE: "the cluster", ORIGIN: origin });

        assert.equal(run.stdout, `the cluster: is to begin with the snapshot of restore ${origin}\n`);
        assert.equal(node.read(file), `${origin}\n`);
    });

    it("leaves no record of a cluster that begins with itself", () => {
        const run = node.run(record, { NODE: "the cluster", ORIGIN: "" });

        assert.equal(run.stdout, "");
        assert.equal(node.exists(file), false);
    });

    it("takes the record away when a restore is taken back", () => {
        node.run(record, { NODE: "the cluster", ORIGIN: origin });

        node.run(record, { NODE: "the cluster", ORIGIN: "" }, "update");

        assert.equal(node.exists(file), false);
    });
});
