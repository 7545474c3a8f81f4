import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "../../../components/remote/script";
import { fakeNode } from "../../support/fakeNode";
import { scriptsFolder } from "../../support/programScripts";

const prelude = readFileSync(join(scriptsFolder, "prelude.sh"), "utf8");

describe("the prelude of all scripts", () => {
    it("prints a line for each phase", () => {
        const run = runBody('phase "kubeadm init"; phase "marking the node"');

        assert.equal(run.stdout, "worker-1: kubeadm init\nworker-1: marking the node\n");
        assert.equal(run.status, 0);
    });

    it("reports where, what was seen, why, and what to do", () => {
        const run = runBody('phase "joining"; fail "no answer" "a firewall" "open port 6443"; echo not reached');

        assert.deepEqual(run.stderr.trim().split("\n"), [
            "FAILED  worker-1, while: joining",
            "  seen:    no answer",
            "  cause:   a firewall",
            "  repair:  open port 6443",
            "  next up: goes on from this step; nothing that was done before is done again",
        ]);
        assert.equal(run.stdout, "worker-1: joining\n");
        assert.equal(run.status, 97);
    });

    it("ends the report with the end of the log", () => {
        const lines = 'log_file=/var/log/join.log; mkdir -p /var/log; printf "line %s\\n" {1..40} >$log_file';

        const run = runBody(`${lines}; fail a b c`);

        assert.match(run.stderr, /last lines of \S+\/join\.log:\n {4}line 16\n(?: {4}line \d+\n){23} {4}line 40\n$/);
    });

    it("reports a command that fails by itself", () => {
        const run = runBody('phase "copying"; cat /etc/missing; echo not reached');

        assert.match(run.stderr, /FAILED {2}worker-1, while: copying\n {2}seen: {4}cat \S+ ended with an error\n/);
        assert.equal(run.stdout, "worker-1: copying\n");
        assert.equal(run.status, 97);
    });

    it("reports a value that nobody gave", () => {
        const run = runBody('phase "copying"; echo "$missing_value"');

        assert.match(run.stderr, /missing_value: unbound variable/);
        assert.notEqual(run.status, 0);
    });

    it("reports once when a substitution has failed", () => {
        const run = runBody('read_it() { fail "no such file" a b; }; text=$(read_it); echo "not reached $text"');

        assert.equal(run.stderr.match(/FAILED/g)?.length, 1);
        assert.match(run.stderr, /seen: {4}no such file/);
        assert.equal(run.stdout, "");
        assert.equal(run.status, 97);
    });

    it("waits until a command succeeds, says so once a minute, and keeps what it said", () => {
        const attempts = "attempt() { echo x >>/etc/attempts; [[ $(wc -l </etc/attempts) == 3 ]] && echo enough; }";

        const run = runBody(`${attempts}; wait_for 900 "three attempts" attempt; echo "$LAST_SEEN"`);

        assert.equal(run.stdout, "enough\n");
        assert.equal(run.stderr, "worker-1: still waiting for three attempts; last seen: nothing\n");
    });

    it("says once a minute only the last line of what it saw", () => {
        const run = runBody('answer() { printf "one\\ntwo\\n"; false; }; wait_for 900 "an answer" answer || true');

        assert.match(run.stderr, /^worker-1: still waiting for an answer; last seen: two\n/);
    });

    it("says how long it waited, for what, and what it saw", () => {
        const run = runBody('answer() { echo "503"; false; }; wait_for 900 "an answer" answer || echo "gave up"');

        assert.equal(
            run.stderr,
            "worker-1: still waiting for an answer; last seen: 503\n" +
                "worker-1: waited 900 s for an answer; last seen: 503\n",
        );
        assert.equal(run.stdout, "gave up\n");
    });

    it("writes a file, and tells whether it was another one", () => {
        const node = fakeNode();
        const twice = "for text in a a b; do write_file /etc/x/y.conf 0600 $text && echo changed || echo same; done";

        const run = node.run(script(twice), { NODE: "worker-1" });

        assert.deepEqual([run.stdout, run.stderr], ["changed\nsame\nchanged\n", ""]);
        assert.deepEqual([node.read("/etc/x/y.conf"), node.mode("/etc/x/y.conf")], ["b\n", "600"]);
    });

    it("fails when a file cannot be written, and leaves what was there", () => {
        const node = fakeNode();
        node.write("/etc/y.conf", "as before\n");
        node.stub("install", 'echo half >"${!#}"; exit 1');

        const run = node.run(script("write_file /etc/y.conf 0644 changed || true; echo not reached"), {
            NODE: "worker-1",
        });

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}\S+\/etc\/y\.conf could not be written\n/);
        assert.equal(run.stdout, "");
        assert.equal(node.read("/etc/y.conf"), "as before\n");
        assert.equal(node.exists("/etc/y.conf.new"), false);
    });

    it("waits for a step that an interrupted run left", () => {
        const node = fakeNode();
        node.stub("flock", { nonblock: "exit 1" });

        const run = node.run(script("one_at_a_time; phase joining"), { NODE: "worker-1" });

        assert.equal(
            run.stdout,
            "worker-1: waiting for an interrupted run on this machine to end\nworker-1: joining\n",
        );
        assert.deepEqual(node.calls("flock"), ["flock --nonblock 9", "flock --wait 600 9"]);
    });

    it("says which script hangs when that step does not end", () => {
        const node = fakeNode();
        node.stub("flock", "exit 1");

        const run = node.run(script("one_at_a_time"), { NODE: "worker-1" });

        assert.match(run.stderr, /seen: {4}another step still holds \S+\/run\/pulumi-kubeadm-worker-1\.lock/);
        assert.equal(run.status, 97);
    });

    it("reports the step's own time limit", async () => {
        const child = spawn("timeout", ["0.3", "bash", "-s"], { stdio: ["pipe", "ignore", "pipe"] });
        let stderr = "";
        child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
        child.stdin.end(`NODE=worker-1\n${prelude}\nphase "joining"; command sleep 10`);

        await once(child, "close");

        assert.match(stderr, /FAILED {2}worker-1, while: joining\n {2}seen: {4}the step ran into its time limit\n/);
        assert.equal(stderr.match(/FAILED/g)?.length, 1);
    });
});

function runBody(body: string) {
    return fakeNode().run(script(body), { NODE: "worker-1" });
}

/** A script that is not in the folder: the prelude and this. */
function script(body: string): Pick<Script, "render"> {
    return { render: ({ NODE }) => `NODE=${String(NODE)}\n${prelude}\n${body}` };
}
