import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { stackOutputs } from "../support/seenCluster";

const repository = join(__dirname, "../..");
const { sshCommands, ...outputs } = stackOutputs(1, 1);
const bastion = "ssh -i .state/dev/admin-key -o UserKnownHostsFile=.state/dev/known_hosts admin@bastion";

/** Forwards the port for as long as it lives, if it has a key. */
const forwards = String.raw`
[[ $* == *" -L "* ]] || exit 255
[[ -s .state/dev/admin-key ]] || { echo "admin@bastion: Permission denied (publickey)." >&2; exit 255; }
touch "$FOLDER/through"
exec node --eval 'require("node:net").createServer((socket) => socket.end()).listen(Number(process.argv[1]), "127.0.0.1")' "$PORT"`;

describe("the way to an API server that only its own network reaches", () => {
    let folder: string;
    let port: number;

    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "tunnel-"));
        ["scripts", "status", "components", "package.json"].forEach((each) => {
            cpSync(join(repository, each), join(folder, each), { recursive: true });
        });
        symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
        port = await freePort();
        const kubeconfig = `clusters:\n  - cluster:\n      server: https://127.0.0.1:${port}\n`;
        write(".state/dev/kubeconfig", kubeconfig);
        write(
            "outputs",
            JSON.stringify({
                ...outputs,
                sshCommands: { ...(sshCommands as object), bastion },
                kubeconfig,
                controlPlaneEndpoint: "api.dev.internal:6443",
                adminKey: "the key of the bastion",
                knownHosts: "bastion ssh-ed25519 AAAA",
            }),
        );
        write("cache/online/pulumi-9.9.9/pulumi", '#!/bin/sh\ncat "$FOLDER/outputs"\n');
        write("bin/ssh", `#!/usr/bin/env bash${forwards}\n`);
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("is there on a fresh checkout with a backend of the user's, by npm run status", () => {
        const run = bash('exec "$FOLDER/scripts/status.sh"', { PULUMI_BACKEND_URL: "s3://states" });

        assert.doesNotMatch(run.stderr, /Permission denied|gave no way/);
        assert.ok(existsSync(join(folder, "through")));
    });

    it("is there while ssh lives", () => {
        write(".state/dev/admin-key", "the key");

        const run = openTunnel();

        assert.equal(run.status, 0, run.stderr);
        assert.ok(existsSync(join(folder, "through")));
    });

    it("is not needed where the kubeconfig names the API server itself", () => {
        write(".state/dev/kubeconfig", "clusters:\n  - cluster:\n      server: https://api.example.com:6443\n");

        const run = openTunnel();

        assert.equal(run.status, 0, run.stderr);
        assert.equal(existsSync(join(folder, "through")), false);
    });

    it("fails with ssh's words", () => {
        const run = openTunnel();

        assert.equal(run.status, 1);
        assert.match(
            run.stderr,
            /^admin@bastion: Permission denied \(publickey\)\.\nthe bastion gave no way .* see ssh's words above/,
        );
    });

    it("is not taken for whatever else listens on its port", async () => {
        const listens =
            'require("node:net").createServer().listen(Number(process.argv[1]), "127.0.0.1", () => console.log("up"))';
        const other = spawn(process.execPath, ["--eval", listens, String(port)]);
        await new Promise((resolve) => other.stdout.once("data", resolve));

        const run = openTunnel();
        other.kill();

        assert.equal(run.status, 1);
        assert.match(run.stderr, new RegExp(`^something else listens on port ${port} of this computer`));
        assert.equal(existsSync(join(folder, "through")), false);
    });

    function openTunnel() {
        const program =
            'source "$FOLDER/scripts/environment.sh"; source "$scripts/tunnel.sh"; open_tunnel "$(cat "$FOLDER/outputs")"';
        return bash(program);
    }

    function bash(program: string, env: Record<string, string> = {}) {
        return spawnSync("bash", ["-euo", "pipefail", "-c", program], {
            encoding: "utf8",
            env: {
                HOME: folder,
                FOLDER: folder,
                PORT: String(port),
                SHLVL: "2",
                PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
                PULUMI_KUBEADM_CACHE: join(folder, "cache"),
                ...env,
            },
        });
    }

    function write(path: string, content: string): void {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content, { mode: 0o755 });
    }
});

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return typeof address === "object" ? (address?.port ?? 0) : 0;
}
