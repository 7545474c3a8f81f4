import assert from "node:assert/strict";
import { fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

describe("initialized.sh", () => {
    it("never makes a cluster in the place of one that there was", () => {
        const node = fakeNode();

        const run = node.run(programScript("initialized"), { NODE: "the cluster" });

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}the stack has nodes and no record that their cluster was made\n/);
        assert.deepEqual(node.calls(), []);
    });
});
