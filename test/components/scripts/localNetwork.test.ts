import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const script = programScript("local-network");

describe("local-network.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("removes both networks", () => {
        node.stub("docker");

        assert.equal(remove().status, 0);
        assert.deepEqual(node.calls(), ["docker network rm e2e", "docker network rm e2e-published"]);
    });

    [
        "Error response from daemon: network e2e not found",
        "Error: No such network: e2e",
        "Error: unable to find network with name or ID e2e: network not found",
    ].forEach((words) => {
        it(`is done when there is none: ${words}`, () => {
            node.stub("docker", `echo '${words}' >&2; exit 1`);

            assert.equal(remove().status, 0);
        });
    });

    [
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        "dial unix /var/run/docker.sock: connect: no such file or directory",
        "bash: line 30: docker: command not found",
    ].forEach((words) => {
        it(`takes no network for gone while Docker does not answer: ${words}`, () => {
            node.stub("docker", `echo '${words}' >&2; exit 1`);

            const run = remove();

            assert.equal(run.status, 97);
            assert.ok(run.stderr.includes(`the network e2e cannot be removed: ${words}\n`), run.stderr);
        });
    });

    function remove(): Run {
        const values = { NODE: "e2e", NETWORK: "e2e", SUBNET: "172.30.0.0/24", CLUSTER: "e2e" };
        return node.run(script, values, "delete");
    }
});
