import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const declare = programScript("declare");
const values = { NODE: "the cluster", POOLS: ["control-plane 3 1"], PLACES: [], KUBECONFIG_TEXT: "the kubeconfig" };

describe("kubectl of the admin steps", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("is tried again, with the same input, when the connection breaks", () => {
        applyFails("Unable to connect to the server: EOF");

        const run = node.run(declare, values);

        assert.equal(run.status, 0, run.stderr);
        assert.equal(applied(), 2);
        assert.equal(node.inputs().match(/controlPlaneNodes: "3"/g)?.length, 2);
    });

    const passing = [
        "The connection to the server 10.0.0.5:6443 was refused - did you specify the right host or port?",
        "Error from server: etcdserver: no leader",
        "Error from server (Timeout): the server was unable to return a response in the time allotted",
        "Error from server (InternalError): an error on the server has prevented the request from succeeding",
        "Error from server (TooManyRequests): the server has received too many requests",
    ];

    passing.forEach((words) => {
        it(`is tried again after "${words}"`, () => {
            applyFails(words);

            const run = node.run(declare, values);

            assert.equal(run.status, 0, run.stderr);
            assert.equal(applied(), 2);
        });
    });

    it("is tried again while an API server that has just started knows no roles", () => {
        const words =
            'nodes "worker-1" is forbidden: User "kubernetes-admin" cannot get resource "nodes" in API group ""';
        applyFails(`Error from server (Forbidden): ${words} at the cluster scope`);

        const run = node.run(declare, values);

        assert.equal(run.status, 0, run.stderr);
        assert.equal(applied(), 2);
    });

    it("is tried again when it was ended since it had not ended by itself", () => {
        const isFirst = `[[ $(grep -c '^timeout .* apply ' "$LOG/calls") == 1 ]]`;
        node.stub("timeout", { " apply ": `! ${isFirst} || exit 124`, readyz: "" });

        const run = node.run(declare, values);

        assert.equal(run.status, 0, run.stderr);
        assert.equal(node.calls("timeout").filter((line) => line.includes(" apply ")).length, 2);
    });

    // The other is what etcdctl says where it is to move a leader that leads no longer.
    ["error: no such thing", "Error: no leader endpoint given at [https://10.0.0.12:2379]"].forEach((words) => {
        it(`is not tried again after "${words}"`, () => {
            applyFails(words);

            const run = node.run(declare, values);

            assert.equal(run.status, 97);
            assert.ok(run.stderr.split("\n").includes(words), run.stderr);
            assert.equal(applied(), 1);
        });
    });

    it("gives up after a minute, with kubectl's words", () => {
        node.stub("kubectl", { readyz: "", apply: "echo 'connection refused' >&2; exit 1" });

        const run = node.run(declare, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /^connection refused$/m);
        assert.equal(applied(), 2);
    });

    /** An API server that takes an object only at the second time. */
    function applyFails(words: string): void {
        const isSecond = `[[ $(grep -c ' apply ' "$LOG/calls") -ge 2 ]]`;
        node.stub("kubectl", { readyz: "", apply: `${isSecond} || { echo '${words}' >&2; exit 1; }` });
    }

    function applied(): number {
        return node.calls("kubectl").filter((line) => line.includes(" apply ")).length;
    }
});
