import assert from "node:assert/strict";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Plugin } from "./support/plugin";
import { secret, secretsOf } from "./support/properties";

const type = "command:local:Command";

describe("command:local:Command", () => {
    let plugin: Plugin;
    let folder: string;

    before(async () => {
        plugin = await Plugin.start({ FROM_PLUGIN: "inherited" });
    });

    after(async () => {
        await plugin.stop();
    });

    beforeEach(async () => {
        folder = await realpath(await mkdtemp(join(tmpdir(), "contract-")));
    });

    afterEach(async () => {
        await rm(folder, { recursive: true });
    });

    it("captures both streams, each without one trailing newline", async () => {
        const { outputs } = await plugin.create(type, { create: "printf 'out\\n\\n'; echo err >&2" });

        assert.equal(outputs["stdout"], "out\n");
        assert.equal(outputs["stderr"], "err");
    });

    it("runs nothing in a preview", async () => {
        await plugin.create(type, { create: "touch made", dir: folder }, { preview: true });

        await assert.rejects(readFile(join(folder, "made")), /ENOENT/);
    });

    it("runs `update` on an update, with the output of the command before it", async () => {
        const inputs = { create: "echo one", update: 'echo "$PULUMI_COMMAND_STDOUT, two"' };
        const created = await plugin.create(type, inputs);

        const updated = await plugin.update(type, created, { ...inputs, stdin: "changed" });

        assert.equal(updated.outputs["stdout"], "one, two");
    });

    it("runs `create` again on an update without `update`", async () => {
        const created = await plugin.create(type, { create: "cat", stdin: "one" });

        const updated = await plugin.update(type, created, { create: "cat", stdin: "two" });

        assert.equal(updated.outputs["stdout"], "two");
    });

    it("runs `delete` when it is deleted", async () => {
        const created = await plugin.create(type, { delete: "echo gone >file", dir: folder });

        await plugin.delete(type, created);

        assert.equal(await readFile(join(folder, "file"), "utf8"), "gone\n");
    });

    it("updates in place when an input changes", async () => {
        const created = await plugin.create(type, { create: "true" });

        assert.deepEqual(await plugin.diff(type, created, { create: "false" }), {
            changed: ["create"],
            replaces: false,
        });
    });

    it("names the trigger that changed, for the npm SDK's replaceOnChanges", async () => {
        const created = await plugin.create(type, { create: "true", triggers: [1] });

        const { changed } = await plugin.diff(type, created, { create: "true", triggers: [2] });

        assert.deepEqual(changed, ["triggers[0]"]);
    });

    it("runs in `dir`", async () => {
        const { outputs } = await plugin.create(type, { create: "pwd", dir: folder });

        assert.equal(outputs["stdout"], folder);
    });

    it("adds `environment` to the plugin's own", async () => {
        const { outputs } = await plugin.create(type, {
            create: 'echo "$FROM_PLUGIN $ADDED"',
            environment: { ADDED: "added" },
        });

        assert.equal(outputs["stdout"], "inherited added");
    });

    it("hands the command to another interpreter as its last argument", async () => {
        const { outputs } = await plugin.create(type, { create: "a b", interpreter: ["printf", "%s.%s", "first"] });

        assert.equal(outputs["stdout"], "first.a b");
    });

    it("fails with the exit status, the command and all output, but not stdin", async () => {
        const create = "cat >/dev/null; echo out; sleep 0.1; echo err >&2; exit 3";

        await assert.rejects(
            plugin.create(type, { create, stdin: secret("hidden"), logging: "none" }),
            new Error(`exit status 3: running "${create}":\nout\nerr\n`),
        );
    });

    it("returns secret inputs as secrets", async () => {
        const { outputs } = await plugin.create(type, { create: "cat", stdin: secret("hidden") });

        assert.deepEqual(secretsOf(outputs), ["stdin"]);
    });

    it("returns the files that assetPaths names", async () => {
        await writeFile(join(folder, "keep.txt"), "");
        await writeFile(join(folder, "drop.txt"), "");

        const { outputs } = await plugin.create(type, {
            create: "true",
            dir: folder,
            assetPaths: ["*.txt", "!drop*"],
        });

        assert.deepEqual(Object.keys(outputs["assets"] ?? {}), ["keep.txt"]);
    });
});

describe("command:local:run", () => {
    it("runs a command and returns its output", async () => {
        const plugin = await Plugin.start();

        const result = await plugin.invoke("command:local:run", { command: "cat; echo err >&2", stdin: "in" });

        await plugin.stop();
        assert.equal(result["stdout"], "in");
        assert.equal(result["stderr"], "err");
    });
});
