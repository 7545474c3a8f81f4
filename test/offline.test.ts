import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { downloads } from "../components/software";

const repository = join(__dirname, "..");

describe("build-toolchain.sh", () => {
    it("prints the folder of the CLI, with the plugins beside it by version", () => {
        const run = runScript("offline/build-toolchain.sh");

        assert.equal(run.status, 0, run.stderr);
        const bin = run.stdout.trim();
        assert.deepEqual(readdirSync(bin), ["pulumi", "pulumi-language-nodejs"]);
        assert.deepEqual(readdirSync(join(bin, "..", "plugins"), { recursive: true }).sort(), [
            "resource-command-v1.2.1",
            "resource-command-v1.2.1/pulumi-resource-command",
            "resource-random-v4.21.2",
            "resource-random-v4.21.2/pulumi-resource-random",
            "resource-tls-v5.6.1",
            "resource-tls-v5.6.1/pulumi-resource-tls",
        ]);
    });

    it("builds nothing again", () => {
        runScript("offline/build-toolchain.sh");
        write("builds", "");

        const run = runScript("offline/build-toolchain.sh");

        assert.equal(run.stderr, "");
        assert.equal(read("builds"), "");
    });

    it("says why it failed, and goes on from there", () => {
        write("broken", "command");

        const failed = runScript("offline/build-toolchain.sh");
        write("broken", "");
        write("builds", "");
        const repaired = runScript("offline/build-toolchain.sh");

        assert.equal(failed.status, 1);
        assert.match(
            failed.stderr,
            /command plugin … failed after \d+ s: the Go module proxy refused a module \(403\)/,
        );
        assert.match(failed.stderr, / {4}go: reading example\.zip: 403 Forbidden\n {4}The whole log: \S+\.log\./);
        assert.equal(repaired.status, 0, repaired.stderr);
        assert.equal(read("builds"), "command\n");
    });

    it("names the Go that it needs", () => {
        write("goversion", "go1.22.1");

        const run = runScript("offline/build-toolchain.sh");

        assert.equal(run.status, 1);
        assert.match(run.stderr, /^Go 1\.26 or newer is needed .* found: go1\.22\.1\. Install it from/);
    });
});

describe("build-mirror.sh", () => {
    it("names the Kubernetes versions that it can build", () => {
        const run = runScript("offline/build-mirror.sh", "1.36.99");

        assert.equal(run.status, 1);
        assert.match(run.stderr, /^Kubernetes 1\.36\.99 cannot be built here; there is kubernetes-1\.36\.4 kubernetes-1\.37\.1\. /);
    });
});

describe("download-mirror.sh", () => {
    const paths = downloads("1.37.1", "amd64").map(({ path }) => path);
    const kubelet = "dl.k8s.io/release/v1.37.1/bin/linux/amd64/kubelet";

    it("copies another mirror whose checksums fit", () => {
        publish(paths);
        write("site/SHA256SUMS", paths.map((path) => `${sha256(path)}  ${path}\n`).join(""));

        const run = runScript("scripts/download-mirror.sh", "--without-images");

        assert.equal(run.status, 0, run.stderr);
        assert.equal(run.stdout.trim(), join(folder, "cache", "mirror"));
        assert.deepEqual(listed("cache/mirror/SHA256SUMS"), listed("site/SHA256SUMS"));
    });

    it("refuses a file that was changed", () => {
        publish(paths);
        write("site/SHA256SUMS", paths.map((path) => `${sha256("other")}  ${path}\n`).join(""));

        const run = runScript("scripts/download-mirror.sh", "--without-images");

        assert.equal(run.status, 1);
        assert.match(run.stderr, /kubeadm has checksum [0-9a-f]{64}, not [0-9a-f]{64}: it was changed on its way/);
    });

    it("takes nothing that has no checksum", () => {
        publish(paths);
        write("site/SHA256SUMS", `${sha256(kubelet)}  ${kubelet}\n`);

        const run = runScript("scripts/download-mirror.sh", "--without-images");

        assert.equal(run.status, 1);
        assert.match(
            run.stderr,
            /no checksum was found for https:\/\/dl\.k8s\.io\/\S+\/kubeadm; nothing unchecked is taken/,
        );
    });
});

let folder = "";

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "offline-"));
    write("builds", "");
    write("broken", "");
    write("goversion", "go1.26.8");
    write("bin/go", fakeGo);
    write("bin/uname", "#!/bin/sh\necho x86_64\n");
});

afterEach(() => {
    rmSync(folder, { recursive: true });
});

/** Records each build, makes empty programs, and fails for the module named in the file "broken". */
const fakeGo = `#!/usr/bin/env bash
here=$(dirname "$0")/..
module=$(basename "$PWD")
case $1-$2 in
env-GOVERSION) cat "$here/goversion" ;;
env-GOARCH) echo amd64 ;;
build-*)
  echo "$module" >>"$here/builds"
  if [[ $module == "$(cat "$here/broken")" ]]; then
    echo "go: reading example.zip: 403 Forbidden"
    exit 1
  fi
  case $module in
  pulumi) touch "$3/pulumi" ;;
  language-nodejs) touch "$3/pulumi-language-nodejs" ;;
  *) touch $(printf "$3/%s " $(printf '%s\\n' "$@" | sed -n 's#^./##p')) ;;
  esac
  ;;
esac
`;

function runScript(script: string, ...args: string[]) {
    return spawnSync(join(repository, script), args, {
        encoding: "utf8",
        env: {
            ...process.env,
            PATH: `${folder}/bin:${process.env.PATH ?? ""}`,
            PULUMI_KUBEADM_CACHE: join(folder, "cache"),
            BASE_URL: `file://${folder}/site`,
        },
    });
}

/** Puts files on the site whose content is their own path. */
function publish(paths: readonly string[]): void {
    paths.forEach((path) => {
        write(`site/${path}`, path);
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

function listed(path: string): string[] {
    return read(path).trim().split("\n").sort();
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
