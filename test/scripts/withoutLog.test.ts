import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = join(__dirname, "..", "..", "scripts");

describe("the log that the Pulumi CLI keeps of each command", () => {
    let home: string;

    beforeEach(() => {
        home = mkdtempSync(join(tmpdir(), "without-log-"));
    });

    afterEach(() => {
        rmSync(home, { recursive: true });
    });

    it("has no folder where it could be", () => {
        withoutLog();
        withoutLog();

        assert.ok(statSync(join(home, "logs")).isFile());
    });

    it("is taken away where there is one", () => {
        mkdirSync(join(home, "logs"));
        writeFileSync(join(home, "logs", "dev.log"), "inputs");

        withoutLog();

        assert.ok(statSync(join(home, "logs")).isFile());
    });

    function withoutLog(): void {
        const program = 'source "$1/environment.sh" && PULUMI_HOME=$2 without_log';
        const { status, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", program, "bash", scripts, home], {
            encoding: "utf8",
        });
        assert.equal(status, 0, stderr);
    }
});
