import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { kubeconfig } from "../components/kubeconfig";
import { caCertificate } from "./support/caCertificate";
import { stackOutputs } from "./support/seenCluster";

const repository = join(__dirname, "..");
const outputs = {
    ...stackOutputs(1, 1),
    kubeconfig: kubeconfig({
        clusterName: "dev",
        server: "https://127.0.0.1:1",
        caCertificate,
        clientCertificate: caCertificate,
        clientKey: "no key",
    }),
    loginKey: "the login key",
    adminKey: "the key of the bastion",
    knownHosts: "worker-1 ssh-ed25519 AAAA\n",
};

/** Answers as a machine of which nothing but its kubelet is known. */
const reportingSsh = `#!/usr/bin/env bash
cat >/dev/null
printf '%s\\n' $'service\\tkubelet\\tactive\\t1.37.1\\t1.37.1' record end
`;

describe("npm run status", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "status-"));
        ["scripts", "status", "components", "package.json"].forEach((each) => {
            cpSync(join(repository, each), join(folder, each), { recursive: true });
        });
        symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
        mkdirSync(join(folder, ".state/dev/backend"), { recursive: true });
        write("outputs", JSON.stringify(outputs));
        write(
            "cache/online/pulumi-9.9.9/pulumi",
            `#!/bin/sh\necho "$@" >>"${folder}/calls"\ncat "${folder}/outputs"\n`,
        );
        write("bin/ssh", reportingSsh);
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("asks all machines and tells by its exit code that something is wrong", () => {
        const run = status();

        assert.equal(run.status, 1, run.stderr);
        assert.match(run.stdout, /^dev: \d+ things are wrong\n/);
        assert.match(run.stdout, /\nworker-1 +\? +unknown +1\.37\.1 +1\.37\.1 +- +-\n/);
        assert.match(run.stdout, /\n {2}control-plane-1: kube-apiserver does not run\n/);
        assert.match(run.stdout, /\n {2}cluster: the API server does not answer: /);
        assert.match(run.stdout, /\npage: \.state\/dev\/status\.html\n$/);
        assert.match(read(".state/dev/status.html"), /^<!doctype html>/);
        assert.equal(read("calls"), `--cwd ${folder} stack output --json --show-secrets --stack dev\n`);
    });

    it("prints JSON", () => {
        const { stack, exitCode, nodes } = JSON.parse(status("--json").stdout) as {
            stack: string;
            exitCode: number;
            nodes: { name: string }[];
        };

        assert.deepEqual([stack, exitCode, nodes.map(({ name }) => name)], ["dev", 1, ["control-plane-1", "worker-1"]]);
    });

    it("exits with 2 when nothing can be learnt", () => {
        write("bin/ssh", "#!/bin/sh\necho 'Connection timed out' >&2; exit 255\n");

        const run = status();

        assert.equal(run.status, 2, run.stderr);
        assert.match(run.stdout, /worker-1: no report over SSH: Connection timed out\n/);
    });

    it("writes the files that ssh needs for this user only, from the stack's outputs", () => {
        write(".state/dev/known_hosts", "an earlier machine");

        status();

        assert.equal(read(".state/dev/login-key"), "the login key\n");
        assert.equal(read(".state/dev/admin-key"), "the key of the bastion\n");
        assert.equal((statSync(join(folder, ".state/dev/admin-key")).mode & 0o777).toString(8), "600");
        assert.equal(read(".state/dev/known_hosts"), outputs.knownHosts);
        assert.equal(read(".state/dev/kubeconfig"), outputs.kubeconfig);
        assert.equal((statSync(join(folder, ".state/dev/login-key")).mode & 0o777).toString(8), "600");
    });

    it("shows no secret", () => {
        const run = status("--json");

        assert.doesNotMatch(run.stdout + run.stderr + read(".state/dev/status.html"), /the login key|client-key-data/);
    });

    const refusals: { title: string; prepare: () => void; args?: string[]; message: RegExp }[] = [
        {
            title: "a stack without a cluster",
            prepare: () => {
                rmSync(join(folder, ".state"), { recursive: true });
            },
            message: /^no cluster of stack dev was started from here; run npm start\n$/,
        },
        {
            title: "outputs that cannot be read",
            prepare: () => {
                write(
                    "cache/online/pulumi-9.9.9/pulumi",
                    "#!/bin/sh\necho 'error: no stack named dev' >&2; exit 255\n",
                );
            },
            message: /^error: no stack named dev\nthe stack's outputs could not be read; see above, or run npm start/,
        },
        {
            title: "a cluster that was never completed",
            prepare: () => {
                write("outputs", "{}");
            },
            message: /^the stack's outputs have no clusterName; run npm start, which completes the cluster\n$/,
        },
        {
            title: "an option that there is not",
            prepare: () => undefined,
            args: ["--certificate-days", "soon"],
            message: /^--certificate-days is soon; it must be a whole number of days, for example 30\n$/,
        },
    ];
    refusals.forEach(({ title, prepare, args = [], message }) => {
        it(`exits with 2 for ${title}`, () => {
            prepare();

            const run = status(...args);

            assert.equal(run.status, 2);
            assert.match(run.stderr, message);
        });
    });

    it("explains itself without a cluster", () => {
        rmSync(join(folder, ".state"), { recursive: true });

        const run = status("--help");

        assert.equal(run.status, 0);
        assert.match(run.stdout, /Exit codes: 0 healthy, 1 something is wrong, 2 /);
    });

    function status(...args: string[]) {
        return spawnSync(join(folder, "scripts/status.sh"), args, {
            encoding: "utf8",
            env: {
                HOME: folder,
                PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`,
                PULUMI_KUBEADM_CACHE: join(folder, "cache"),
            },
        });
    }

    function write(path: string, content: string): void {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content, { mode: 0o755 });
    }

    function read(path: string): string {
        return readFileSync(join(folder, path), "utf8");
    }
});
