import assert from "node:assert/strict";
import { fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

describe("declare.sh", () => {
    it("records the sizes of all pools in one object", () => {
        const node = fakeNode();

        const run = node.run(programScript("declare"), {
            NODE: "the cluster",
            POOLS: ["control-plane 3 1", "worker 2 1", "gpu 10 3"],
            PLACES: [],
            KUBECONFIG_TEXT: "the kubeconfig",
        });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(
            node.calls("kubectl").map((line) => line.replace(/^.* (?=apply|get)/, "")),
            ["get --raw /readyz", "apply --server-side --field-manager pulumi-kubeadm --filename -"],
        );
        assert.match(
            node.inputs(),
            /\n {2}controlPlaneNodes: "3"\n {2}nodes-control-plane: "3"\n {2}maxUnavailable-control-plane: "1"\n {2}nodes-worker: "2"\n {2}maxUnavailable-worker: "1"\n {2}nodes-gpu: "10"\n {2}maxUnavailable-gpu: "3"\n/,
        );
        assert.doesNotMatch(node.inputs(), /places/);
    });

    it("records places that machines have one after another", () => {
        const node = fakeNode();

        node.run(programScript("declare"), {
            NODE: "the cluster",
            POOLS: ["worker 2 1"],
            PLACES: ["worker-1", "worker-2"],
            KUBECONFIG_TEXT: "the kubeconfig",
        });

        assert.match(node.inputs(), /\n {2}maxUnavailable-worker: "1"\n {2}places: "worker-1 worker-2"\n/);
    });
});
