import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = join(__dirname, "..", "..", "scripts");

/** A process of this name, which the file of the daemon names. */
const running = String.raw`
CACHE=$2
source "$1/docker.sh"
"$CACHE/$3" 20 >/dev/null 2>&1 &
other=$!
trap 'command kill "$other" 2>/dev/null || true' EXIT
echo "$other" >"$dockerd_pid"
docker() { :; }
`;

/** Says whether a process is ended. */
const stop = `${running}
kill() { echo ended; command kill "$1"; }
stop_docker_daemon`;

/** Starts no daemon, but notes that the file of an earlier one is there by then. */
const start = `${running}
setsid() { [[ ! -e $dockerd_pid ]] || touch "$CACHE/stale"; }
refuse_docker() { :; }
start_docker_daemon
wait $!`;

describe("the Docker daemon that npm start started", () => {
    let cache: string;

    beforeEach(() => {
        cache = mkdtempSync(join(tmpdir(), "docker-"));
        const sleep = spawnSync("which", ["sleep"], { encoding: "utf8" }).stdout.trim();
        ["dockerd", "somebody"].forEach((name) => {
            copyFileSync(sleep, join(cache, name));
        });
    });

    afterEach(() => {
        rmSync(cache, { recursive: true });
    });

    it("is ended", () => {
        assert.equal(bash(stop, "dockerd"), "ended\n");
    });

    it("is not taken for another process that has its number", () => {
        assert.equal(bash(stop, "somebody"), "");
    });

    it("is not ended when it has ended", () => {
        writeFileSync(join(cache, "dockerd.pid"), String(spawnSync("true").pid));

        assert.equal(bash('CACHE=$2; source "$1/docker.sh"; docker() { :; }; stop_docker_daemon'), "");
    });

    it("is started where an earlier one left its file, which names another process by now", () => {
        bash(start, "somebody");

        assert.equal(existsSync(join(cache, "stale")), false);
    });

    function bash(program: string, ...args: string[]): string {
        const run = spawnSync("bash", ["-euo", "pipefail", "-c", program, "bash", scripts, cache, ...args], {
            encoding: "utf8",
        });
        assert.equal(run.status, 0, run.stderr);
        return run.stdout;
    }
});
