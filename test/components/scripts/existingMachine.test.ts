import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const script = programScript("existing-machine");

describe("existing-machine.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("ssh-agent", 'exec "$@"');
        node.stub("ssh-add");
    });

    it("has the machine run what claims it, with nothing secret in an argument", () => {
        node.stub("ssh", 'cat >"$LOG/inputs"; echo "worker-1: claiming the machine"');

        const run = on("create");

        assert.deepEqual([run.status, run.stderr], [0, "worker-1: claiming the machine\n"]);
        assert.equal(node.inputs(), "the claim\n");
        const [call = ""] = node.calls("ssh -F none");
        assert.match(
            call,
            / root@10\.0\.0\.21 base64 --decode \| gunzip \| sudo --non-interactive timeout --kill-after=10 600 bash -s -- create$/,
        );
        assert.doesNotMatch(node.calls().join("\n"), /the key/);
    });

    it("fails with the machine's own report", () => {
        node.stub("ssh", "echo 'FAILED  worker-1, while: claiming the machine'; exit 97");

        const run = on("create");

        assert.deepEqual([run.status, run.stderr], [97, "FAILED  worker-1, while: claiming the machine\n"]);
    });

    it("names a machine that cannot be claimed since it is not reached", () => {
        node.stub("ssh", "echo 'Host key verification failed.' >&2; exit 255");

        assert.match(on("create").stderr, /seen: {4}it is not reached: Host key verification failed\.\n/);
        assert.equal(node.calls("ssh -F none").length, 1);
    });

    for (const action of ["create", "delete"] as const) {
        it(`tries again to ${action} one that answers only then`, () => {
            node.stub("ssh", '[[ -e $LOG/up ]] || { touch "$LOG/up"; exit 255; }; echo "worker-1: done"');

            const run = on(action);

            assert.deepEqual([run.status, run.stderr], [0, "worker-1: done\n"]);
            assert.equal(node.calls("ssh -F none").length, 2);
        });
    }

    it("clears one that leaves", () => {
        node.stub("ssh", 'echo "worker-1: removing its programs"');

        assert.equal(on("delete").stderr, "worker-1: removing its programs\n");
        assert.match(node.calls("ssh -F none")[0] ?? "", / bash -s -- delete$/);
    });

    it("gives up one that is dead, and says so", () => {
        node.stub("ssh", "echo 'No route to host' >&2; exit 255");

        const run = on("delete");

        assert.equal(run.status, 0);
        assert.equal(node.calls("ssh -F none").length, 3);
        assert.equal(
            run.stderr,
            "worker-1: not reached, so nothing was cleared (No route to host); if the machine lives, clear it by hand\n",
        );
    });

    it("keeps one that could not be cleared", () => {
        node.stub("ssh", "echo 'FAILED  worker-1, while: removing its programs'; exit 97");

        assert.equal(on("delete").status, 97);
    });

    function on(action: "create" | "delete"): Run {
        return node.run(
            script,
            {
                NODE: "worker-1",
                CLAIM: "the claim",
                LOGIN: "root@10.0.0.21",
                LOGIN_KEY: "the key",
                KNOWN_HOSTS: "10.0.0.21 ssh-ed25519 AAAA",
                OVER: "",
                OVER_KEY: "",
            },
            action,
        );
    }
});
