import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const scripts = join(__dirname, "..", "..", "scripts");

describe("a stack that is named by a flag", () => {
    const refused = [
        ["destroy", "--stack", "staging"],
        ["destroy", "--stack=staging"],
        ["destroy", "-s", "staging"],
        ["up", "-sstaging"],
        ["up", "-ys", "staging"],
    ];
    refused.forEach((args) => {
        ["pulumi.sh", "start.sh"].forEach((script) => {
            it(`is refused by ${script} before anything else: ${args.join(" ")}`, () => {
                const run = bash('exec "$1/$2" "${@:3}"', script, ...args);

                assert.equal(run.status, 1);
                assert.equal(
                    run.stderr,
                    `${args[1] ?? ""} is not taken here; name the stack in front of the command: PULUMI_STACK=NAME\n`,
                );
            });
        });
    });

    const taken = [
        ["preview", "--diff", "--show-secrets", "--skip-preview"],
        ["stack", "export", "--show-secrets"],
        ["config", "set", "key", "--", "-s"],
        ["up", "-m", "message", "-e", "-v=2"],
    ];
    taken.forEach((args) => {
        it(`is not seen in ${args.join(" ")}`, () => {
            assert.equal(bash('source "$1/environment.sh"; refuse_stack "${@:2}"', ...args).stderr, "");
        });
    });

    /** Of a source that there is not, so that nothing is done where nothing is refused. */
    function bash(program: string, ...args: string[]) {
        return spawnSync("bash", ["-euo", "pipefail", "-c", program, "bash", scripts, ...args], {
            encoding: "utf8",
            env: { ...process.env, PULUMI_KUBEADM_SOURCE: "none" },
        });
    }
});
