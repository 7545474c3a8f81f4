import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";

const scripts = join(__dirname, "..", "..", "scripts");
const lock = "backend/.pulumi/locks/organization/pulumi-kubeadm/dev/1.json";
const stacks = "backend/.pulumi/stacks/pulumi-kubeadm";

/** Says what pulumi is told. */
const program = String.raw`
source "$1/environment.sh"
STATE=$2 STACK=dev own_backend=$3
on_stack() {
  echo "$*" >>"$STATE/calls"
  [[ $* != "stack export" ]] || cat "$STATE/exported"
  [[ $* != "stack import" ]] || cat >"$STATE/imported"
}
recover`;

describe("what an engine that was killed left", () => {
    let state: string;

    beforeEach(() => {
        state = mkdtempSync(join(tmpdir(), "recover-"));
        write(`${stacks}/dev.json`, "{}");
        write("exported", '{"deployment": {"pending_operations": [{"type": "creating", "resource": {"urn": "a"}}]}}');
        write(`${stacks}/dev.json.18ea27e77d877cd3.tmp`, "half of it");
    });

    afterEach(() => {
        rmSync(state, { recursive: true });
    });

    it("is taken away, files that it has half written first", () => {
        const { pid: ended } = spawnSync("true");
        write(lock, lockOf(ended));

        const { stderr, calls, imported } = recover();

        assert.match(stderr, /^an earlier run \(process \d+\) was killed; taking its lock away/);
        assert.deepEqual(calls, ["cancel --yes", "stack export", "stack import"]);
        assert.equal(imported, '{"deployment":{}}');
        assert.deepEqual(left(), ["dev.json"]);
    });

    it("is not taken for a machine when the engine was ending it, should the change be taken back", () => {
        const { pid: ended } = spawnSync("true");
        write(lock, lockOf(ended));
        const urn = (name: string) => `urn:pulumi:dev::pulumi-kubeadm::command:local:Command::${name}`;
        const [ending, other, step] = ["machines-worker-1", "machines-worker-2", "worker-1-admit"].map(urn);
        const pending = [ending, step].map((ended) => ({ type: "deleting", resource: { urn: ended } }));
        const resources = [{ urn: ending, delete: true }, { urn: ending }, { urn: other }, { urn: step }];
        write("exported", JSON.stringify({ deployment: { pending_operations: pending, resources } }));

        assert.deepEqual(JSON.parse(recover().imported), {
            deployment: {
                resources: [{ urn: ending, delete: true }, { urn: ending, taint: true }, { urn: other }, { urn: step }],
            },
        });
    });

    it("is left to an engine that still runs", () => {
        write(lock, lockOf(process.pid));

        assert.deepEqual(recover(), { stderr: "", calls: [], imported: "" });
        assert.equal(left().length, 2);
    });

    it("is left to an engine of another computer", () => {
        const { pid: ended } = spawnSync("true");
        write(lock, lockOf(ended, "another"));

        assert.deepEqual(recover(), { stderr: "", calls: [], imported: "" });
        assert.equal(left().length, 2);
    });

    it("is left while any engine still runs, since pulumi takes all locks away at once", () => {
        const { pid: ended } = spawnSync("true");
        write(lock, lockOf(ended));
        write(lock.replace("1.json", "2.json"), lockOf(process.pid));

        assert.deepEqual(recover().calls, []);
    });

    it("is left where the stack is in a backend of the user's", () => {
        const { pid: ended } = spawnSync("true");
        write(lock, lockOf(ended));

        assert.deepEqual(recover(true), { stderr: "", calls: [], imported: "" });
        assert.equal(left().length, 2);
    });

    function recover(hasOwnBackend = false): { stderr: string; calls: string[]; imported: string } {
        const args = [scripts, state, String(hasOwnBackend)];
        const { status, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", program, "bash", ...args], {
            encoding: "utf8",
        });
        assert.equal(status, 0, stderr);
        return { stderr, calls: read("calls").split("\n").slice(0, -1), imported: read("imported") };
    }

    function left(): string[] {
        const names = ["dev.json", "dev.json.18ea27e77d877cd3.tmp"];
        return names.filter((name) => existsSync(join(state, stacks, name)));
    }

    function read(file: string): string {
        const path = join(state, file);
        return existsSync(path) ? readFileSync(path, "utf8") : "";
    }

    function write(file: string, text: string): void {
        mkdirSync(dirname(join(state, file)), { recursive: true });
        writeFileSync(join(state, file), text);
    }
});

/** As the engine writes it. */
function lockOf(pid: number, host = hostname()): string {
    return JSON.stringify({ pid, username: "admin", hostname: host, timestamp: "2026-11-21T12:00:00.000000001Z" });
}
