import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stackOutputs } from "../support/seenCluster";

const repository = join(__dirname, "..", "..");
const onMachine = "/var/lib/pulumi-kubeadm/etcd-snapshots";
const manual = "etcd-20261121T130049Z-manual.db";
const scheduled = "etcd-20261121T120000Z-scheduled.db";

/** Each machine is a folder; one that has none does not answer. */
const ssh = String.raw`#!/usr/bin/env bash
printf '%s\n' "$@" >"$HERE/ssh-arguments"
until [[ $1 == admin@* ]]; do shift; done
machine="$HERE"/${"${1#admin@}"}
[[ -d $machine ]] || { echo "connect to $1: timed out" >&2; exit 255; }
shift 3
case $1 in
*/etcd-snapshot) [[ -e $machine/alone && $3 == current ]] && { echo "no snapshot of etcd: unhealthy" >&2; exit 1; }
    [[ -e $machine/broken ]] && { echo "no snapshot of etcd: disk" >&2; exit 1; }; echo "${onMachine}/${manual}" ;;
cat) cat "$machine$2" ;;
*) exit 1 ;;
esac
`;

describe("npm run backup", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "backup of "));
        ["scripts", "components", "package.json"].forEach((each) => {
            cpSync(join(repository, each), join(folder, each), { recursive: true });
        });
        mkdirSync(join(folder, ".state/dev/backend"), { recursive: true });
        write(".state/dev/login-key", "the login key");
        write(".state/dev/known_hosts", "control-plane-1 ssh-ed25519 AAAA");
        write("outputs", JSON.stringify(stackOutputs(3, 1)));
        write("cache/online/pulumi-9.9.9/pulumi", `#!/bin/sh\ncat "${folder}/outputs"\n`);
        write("bin/ssh", ssh);
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("fetches a snapshot that the first control plane took, with its checksum", () => {
        onControlPlane(1, manual, "what etcd knew");

        const run = backup();

        assert.equal(run.stderr, "control-plane-1: taking a snapshot of etcd\n");
        assert.equal(run.stdout, `.state/dev/backups/${manual}\n`);
        assert.equal(read(`.state/dev/backups/${manual}`), "what etcd knew");
        assert.match(read(`.state/dev/backups/${manual}.sha256`), /^[0-9a-f]{64} /);
        assert.equal(statSync(join(folder, `.state/dev/backups/${manual}`)).mode & 0o777, 0o600);
    });

    it("asks the next one where one is lost and one cannot", () => {
        write("control-plane-2/broken", "");
        onControlPlane(3, manual, "what etcd knew");

        const run = backup();

        assert.equal(run.status, 0);
        assert.deepEqual(run.stderr.split("\n"), [
            "control-plane-1: taking a snapshot of etcd",
            "connect to admin@control-plane-1: timed out",
            "control-plane-2: taking a snapshot of etcd",
            "no snapshot of etcd: disk",
            "control-plane-3: taking a snapshot of etcd",
            "",
        ]);
        assert.equal(read(`.state/dev/backups/${manual}`), "what etcd knew");
    });

    it("takes what a member without a majority knew only when no other one has it", () => {
        write("control-plane-1/alone", "");
        onControlPlane(1, manual, "what one member knew");
        onControlPlane(2, manual, "what etcd knew");

        assert.equal(backup().status, 0);
        assert.equal(read(`.state/dev/backups/${manual}`), "what etcd knew");

        rmSync(join(folder, "control-plane-2"), { recursive: true });
        const run = backup();

        assert.equal(run.status, 0);
        assert.match(
            run.stderr,
            /\nno member of etcd has a majority with it; taking what one of them knew last\ncontrol-plane-1: taking/,
        );
        assert.equal(read(`.state/dev/backups/${manual}`), "what one member knew");
    });

    it("asks the machines of external etcd where there are any", () => {
        const { facts, sshCommands, ...outputs } = stackOutputs(3, 1);
        const etcd = { ...(facts as object), etcd: "external", etcdNodes: ["etcd-1"] };
        const commands = { ...(sshCommands as object), "etcd-1": "ssh admin@etcd-1" };
        write("outputs", JSON.stringify({ ...outputs, facts: etcd, sshCommands: commands }));

        assert.equal(backup().stderr.split("\n")[0], "etcd-1: taking a snapshot of etcd");
    });

    it("fetches one that a machine has", () => {
        onControlPlane(2, scheduled, "what etcd knew then");

        const run = backup(`control-plane-2:${onMachine}/${scheduled}`);

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, `.state/dev/backups/${scheduled}\n`);
        assert.equal(read(`.state/dev/backups/${scheduled}`), "what etcd knew then");
    });

    it("throws away what does not have its checksum", () => {
        onControlPlane(1, manual, "what etcd knew", "something else");

        const run = backup();

        assert.equal(run.status, 1);
        assert.match(run.stderr, /arrived with another checksum; run npm run backup again\n$/);
        assert.equal(existsSync(join(folder, `.state/dev/backups/${manual}`)), false);
    });

    it("keeps one that is here when the machine does not answer the next time", () => {
        onControlPlane(1, scheduled, "what etcd knew then");
        backup(`control-plane-1:${onMachine}/${scheduled}`);
        const noted = read(`.state/dev/backups/${scheduled}.sha256`);
        rmSync(join(folder, "control-plane-1"), { recursive: true });

        const run = backup(`control-plane-1:${onMachine}/${scheduled}`);

        assert.notEqual(run.status, 0);
        assert.equal(read(`.state/dev/backups/${scheduled}.sha256`), noted);
        assert.deepEqual(readdirSync(join(folder, ".state/dev/backups")).sort(), [scheduled, `${scheduled}.sha256`]);
    });

    it("has ssh read the host keys from a folder whose name has a space", () => {
        onControlPlane(1, manual, "what etcd knew");

        backup();

        const options = read("ssh-arguments").split("\n");
        const known = options.filter((each) => each.startsWith("UserKnownHostsFile="));
        assert.deepEqual(known, [`UserKnownHostsFile="${folder}/.state/dev/known_hosts"`]);
    });

    const refusals: { title: string; argument: string; message: RegExp }[] = [
        {
            title: "a machine that there is not",
            argument: `worker-1:${onMachine}/${manual}`,
            message: /^there is no member of etcd on worker-1\n$/,
        },
        {
            title: "a file elsewhere",
            argument: "control-plane-1:/etc/shadow",
            message: /^control-plane-1:\/etc\/shadow is not known; /,
        },
        { title: "an option that there is not", argument: "--all", message: /^--all is not known; / },
    ];
    refusals.forEach(({ title, argument, message }) => {
        it(`refuses ${title}`, () => {
            const run = backup(argument);

            assert.equal(run.status, 1);
            assert.match(run.stderr, message);
        });
    });

    function backup(...args: string[]) {
        return spawnSync(join(folder, "scripts/backup.sh"), args, {
            encoding: "utf8",
            env: {
                HOME: folder,
                HERE: folder,
                PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`,
                PULUMI_KUBEADM_CACHE: join(folder, "cache"),
            },
        });
    }

    function onControlPlane(number: number, name: string, content: string, noted = content): void {
        const file = `control-plane-${number}${onMachine}/${name}`;
        write(file, content);
        write(`${file}.sha256`, `${createHash("sha256").update(noted).digest("hex")}  ${name}\n`);
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
