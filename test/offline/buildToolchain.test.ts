import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type FakeBuilder, fakeBuilder } from "../support/fakeBuilder";

describe("build-toolchain.sh", () => {
    let builder: FakeBuilder;

    beforeEach(() => {
        builder = fakeBuilder();
    });

    afterEach(() => {
        builder.remove();
    });

    it("prints the folder of the CLI, with the plugins beside it by version", () => {
        const run = builder.run("offline/build-toolchain.sh");

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
        builder.run("offline/build-toolchain.sh");
        builder.write("builds", "");

        const run = builder.run("offline/build-toolchain.sh");

        assert.equal(run.stderr, "");
        assert.equal(builder.read("builds"), "");
    });

    it("says why it failed, and goes on from there", () => {
        builder.write("broken", "command");

        const failed = builder.run("offline/build-toolchain.sh");
        builder.write("broken", "");
        builder.write("builds", "");
        const repaired = builder.run("offline/build-toolchain.sh");

        assert.equal(failed.status, 1);
        assert.match(
            failed.stderr,
            /command plugin … failed after \d+ s: the Go module proxy refused a module \(403\)/,
        );
        assert.match(failed.stderr, / {4}go: reading example\.zip: 403 Forbidden\n {4}The whole log: \S+\.log\./);
        assert.equal(repaired.status, 0, repaired.stderr);
        assert.equal(builder.read("builds"), "command\n");
    });

    it("names the Go that it needs", () => {
        builder.write("goversion", "go1.22.1");

        const run = builder.run("offline/build-toolchain.sh");

        assert.equal(run.status, 1);
        assert.match(run.stderr, /^Go 1\.26\.8 or newer is needed .* found: go1\.22\.1\. Install it from/);
    });
});
