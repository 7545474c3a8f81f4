import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const scripts = join(__dirname, "..", "..", "scripts");

/** A CLI that notes what it is told, and removes a stack only while it is empty. */
const pulumi = String.raw`#!/bin/bash
echo "$*" >>"$STATE/calls"
case $* in
*"stack rm"*) [[ -e $STATE/empty ]] ;;
*"stack init"*) echo "encryptionsalt: v1:abc" >"$STATE/Pulumi.dev.yaml" ;;
esac
`;

describe("a stack whose state is kept here", () => {
    let state: string;

    beforeEach(() => {
        state = mkdtempSync(join(tmpdir(), "ensure-stack-"));
        write("bin/pulumi", pulumi);
        chmodSync(join(state, "bin/pulumi"), 0o755);
    });

    afterEach(() => {
        rmSync(state, { recursive: true });
    });

    it("is made with the salt that its secrets are encrypted with", () => {
        const { status, stderr } = ensureStack();

        assert.equal(status, 0, stderr);
        assert.deepEqual(calls(), [`--cwd ${state} stack init dev`]);
        assert.equal(readFileSync(join(state, "encryption"), "utf8"), "encryptionsalt: v1:abc\n");
    });

    it("is made again where its making was cut off", () => {
        write("backend/.pulumi/stacks/pulumi-kubeadm/dev.json", "{}");
        write("empty", "");

        assert.equal(ensureStack().status, 0);
        assert.deepEqual(calls(), [`--cwd ${state} stack rm --yes dev`, `--cwd ${state} stack init dev`]);
    });

    it("is not touched where it has resources and the salt is gone", () => {
        write("backend/.pulumi/stacks/pulumi-kubeadm/dev.json", "{}");

        const { status, stderr } = ensureStack();

        assert.equal(status, 1);
        assert.equal(
            stderr,
            `${state}/encryption is gone, and without it nobody can read the state of stack dev; put it back from a copy\n`,
        );
        assert.deepEqual(calls(), [`--cwd ${state} stack rm --yes dev`]);
    });

    function ensureStack() {
        const program = 'source "$1/environment.sh"; STATE=$2 STACK=dev own_backend=false; ensure_stack';
        return spawnSync("bash", ["-e", "-c", program, "bash", scripts, state], {
            encoding: "utf8",
            env: { ...process.env, PATH: `${join(state, "bin")}:${process.env.PATH ?? ""}`, STATE: state },
        });
    }

    function calls(): string[] {
        return readFileSync(join(state, "calls"), "utf8").trim().split("\n");
    }

    function write(name: string, text: string): void {
        const file = join(state, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
    }
});
