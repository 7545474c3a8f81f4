import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = join(__dirname, "..", "..", "scripts");
const program = 'source "$1/environment.sh"; STATE=$2 outputs=$3; on_stack() { echo "$outputs"; }; write_files';

const ssh = "ssh -i .state/dev/login-key";
const direct = { admin: `${ssh} root@10.0.0.5`, "worker-1": `${ssh} root@10.0.0.21` };
const way = `${ssh} -W %h:%p root@10.0.0.5`;
const overAdmin = { ...direct, "worker-1": `${ssh} -o ProxyCommand="${way}" root@10.0.0.21` };

describe("files for who looks into the cluster", () => {
    let state: string;

    beforeEach(() => {
        state = mkdtempSync(join(tmpdir(), "write-files-"));
    });

    afterEach(() => {
        rmSync(state, { recursive: true });
    });

    it("are for this user only, and hold the outputs", () => {
        const outputs = { kubeconfig: "kind: Config", loginKey: "key\n", knownHosts: "a b\n", sshCommands: overAdmin };

        assert.deepEqual(JSON.parse(write(outputs)), outputs);

        const files = ["kubeconfig", "login-key", "known_hosts", "proxy-command"];
        assert.deepEqual(files.map(read), ["kind: Config\n", "key\n", "a b\n", `${way}\n`]);
        assert.ok(files.every((file) => (statSync(join(state, file)).mode & 0o777) === 0o600));
    });

    it("name no way over a bastion that is none any more", () => {
        write({ sshCommands: overAdmin });

        write({ sshCommands: direct });

        assert.ok(!existsSync(join(state, "proxy-command")));
    });

    it("stay where a stack has no outputs yet", () => {
        write({ loginKey: "key", sshCommands: overAdmin });

        write({});

        assert.deepEqual(["login-key", "proxy-command"].map(read), ["key\n", `${way}\n`]);
    });

    function write(outputs: object): string {
        const { status, stdout, stderr } = spawnSync(
            "bash",
            ["-euo", "pipefail", "-c", program, "bash", scripts, state, JSON.stringify(outputs)],
            { encoding: "utf8" },
        );
        assert.equal(status, 0, stderr);
        return stdout;
    }

    function read(file: string): string {
        return readFileSync(join(state, file), "utf8");
    }
});
