import assert from "node:assert/strict";
import { fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const join = programScript("join");

describe("join.sh", () => {
    it("x", () => {
        const node = fakeNode();
        const run = node.run(join, { NODE: "worker-1", CONFIG: "token: abc", FILE_PATHS: ["pki/ca.crt"], FILE_MODES: ["0644"], FILE_CONTENTS: ["x"] });
        console.log(run, node.calls(), node.inputs(), node.files());
        assert.ok(true);
    });
});
