import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Plugin } from "./support/plugin";
import { open, secret, secretsOf } from "./support/properties";
import { SshServer } from "./support/sshServer";

const type = "command:remote:Command";

describe("command:remote:Command", () => {
    let plugin: Plugin;
    let server: SshServer;

    before(async () => {
        plugin = await Plugin.start();
    });

    after(async () => {
        await plugin.stop();
    });

    beforeEach(async () => {
        server = await SshServer.start({ acceptEnv: ["GREETING", "PULUMI_COMMAND_STDOUT", "PULUMI_COMMAND_STDERR"] });
    });

    afterEach(async () => {
        await server.stop();
    });

    describe("which command runs", () => {
        it("runs `create` when it is created", async () => {
            await plugin.create(type, { connection: server.connection, create: "true", delete: "false" });

            assert.deepEqual(server.commands, ["true"]);
        });

        it("runs nothing in a preview", async () => {
            const inputs = { connection: server.connection, create: "true" };
            await plugin.create(type, inputs, { preview: true });
            const created = await plugin.create(type, inputs);

            await plugin.update(type, created, { ...inputs, create: "false" }, { preview: true });

            assert.deepEqual(server.commands, ["true"]);
        });

        it("connects nowhere without `create`", async () => {
            const created = await plugin.create(type, { connection: server.connection });

            assert.equal(server.logins, 0);
            assert.equal(created.outputs["stdout"], "");
        });

        it("runs `update` on an update", async () => {
            const inputs = { connection: server.connection, create: "true", update: "echo updated" };
            const created = await plugin.create(type, inputs);

            const updated = await plugin.update(type, created, { ...inputs, stdin: "changed" });

            assert.deepEqual(server.commands, ["true", "echo updated"]);
            assert.equal(updated.outputs["stdout"], "updated");
        });

        it("runs `create` again on an update without `update`", async () => {
            const inputs = { connection: server.connection, create: "cat" };
            const created = await plugin.create(type, inputs);

            const updated = await plugin.update(type, created, { ...inputs, stdin: "changed" });

            assert.deepEqual(server.commands, ["cat", "cat"]);
            assert.equal(updated.outputs["stdout"], "changed");
        });

        it("runs `delete` when it is deleted", async () => {
            const created = await plugin.create(type, { connection: server.connection, delete: "echo gone" });

            await plugin.delete(type, created);

            assert.deepEqual(server.commands, ["echo gone"]);
        });

        it("connects nowhere without `delete`", async () => {
            const created = await plugin.create(type, { connection: server.connection, create: "true" });

            await plugin.delete(type, created);

            assert.deepEqual(server.commands, ["true"]);
        });
    });

    describe("what counts as a change", () => {
        const changes = [
            { title: "create", input: { create: "echo" }, changed: ["create"] },
            { title: "update", input: { update: "echo" }, changed: ["update"] },
            { title: "delete", input: { delete: "echo" }, changed: ["delete"] },
            { title: "stdin", input: { stdin: "other" }, changed: ["stdin"] },
            { title: "environment", input: { environment: { GREETING: "hi" } }, changed: ["environment"] },
            { title: "logging", input: { logging: "none" }, changed: ["logging"] },
        ];
        for (const { title, input, changed } of changes) {
            it(`updates in place when ${title} changes`, async () => {
                const inputs = { connection: server.connection, create: "true", stdin: "" };
                const created = await plugin.create(type, inputs);

                const difference = await plugin.diff(type, created, { ...inputs, ...input });

                assert.deepEqual(difference, { changed, replaces: false });
            });
        }

        it("updates in place when any part of the connection changes", async () => {
            const created = await plugin.create(type, { connection: server.connection, create: "true" });

            const connection = { ...server.connection, dialErrorLimit: 7 };
            const difference = await plugin.diff(type, created, { connection, create: "true" });

            assert.deepEqual(difference, { changed: ["connection"], replaces: false });
        });

        it("names the trigger that changed, for the npm SDK's replaceOnChanges", async () => {
            const inputs = { connection: server.connection, create: "true" };
            const created = await plugin.create(type, { ...inputs, triggers: ["one", "two"] });

            const { changed } = await plugin.diff(type, created, { ...inputs, triggers: ["one", "other"] });

            assert.deepEqual(changed, ["triggers[1]"]);
        });

        it("sees no change in the same inputs", async () => {
            const inputs = { connection: server.connection, create: "true", triggers: [{ a: 1 }] };
            const created = await plugin.create(type, inputs);

            assert.deepEqual(await plugin.diff(type, created, inputs), { changed: [], replaces: false });
        });
    });

    describe("input and output", () => {
        it("captures both streams, each without one trailing newline", async () => {
            const create = "printf 'out\\n\\n'; printf 'err\\n' >&2";

            const { outputs } = await plugin.create(type, { connection: server.connection, create });

            assert.equal(outputs["stdout"], "out\n");
            assert.equal(outputs["stderr"], "err");
        });

        it("hands over stdin byte for byte", async () => {
            const stdin = "a 'quoted' \"line\" $(id) `id` \\ \u00e9\u{1f980}\n\n\tend";

            const { outputs } = await plugin.create(type, { connection: server.connection, create: "cat", stdin });

            assert.equal(outputs["stdout"], stdin);
        });

        it("hands over 1 MB of stdin", async () => {
            const stdin = "0123456789abcde\n".repeat(65536);
            const create = "sha256sum | cut -d ' ' -f 1";

            const { outputs } = await plugin.create(type, { connection: server.connection, create, stdin });

            assert.equal(outputs["stdout"], createHash("sha256").update(stdin).digest("hex"));
        });

        it("ends stdin at once when there is none", async () => {
            const { outputs } = await plugin.create(type, { connection: server.connection, create: "cat; echo end" });

            assert.equal(outputs["stdout"], "end");
        });

        it("logs each line of both streams", async () => {
            const before = plugin.log.length;
            const create = "echo one; echo two; sleep 0.2; echo three >&2";

            await plugin.create(type, { connection: server.connection, create });

            assert.deepEqual(plugin.log.slice(before), ["one", "two", "three"]);
        });

        it("logs nothing with logging: none, and still captures", async () => {
            const before = plugin.log.length;
            const create = "echo one; echo two >&2";

            const { outputs } = await plugin.create(type, { connection: server.connection, create, logging: "none" });

            assert.deepEqual(plugin.log.slice(before), []);
            assert.equal(outputs["stdout"], "one");
            assert.equal(outputs["stderr"], "two");
        });

        it("logs one stream with logging: stderr", async () => {
            const before = plugin.log.length;
            const create = "echo one; echo two >&2";

            await plugin.create(type, { connection: server.connection, create, logging: "stderr" });

            assert.deepEqual(plugin.log.slice(before), ["two"]);
        });
    });

    describe("environment", () => {
        it("sets variables that the server admits", async () => {
            const environment = { GREETING: "hello world" };
            const create = 'echo "$GREETING"';

            const { outputs } = await plugin.create(type, { connection: server.connection, create, environment });

            assert.equal(outputs["stdout"], "hello world");
        });

        it("fails, and runs nothing, when the server refuses a variable", async () => {
            const environment = { FORBIDDEN: "x" };

            await assert.rejects(
                plugin.create(type, { connection: server.connection, create: "true", environment }),
                new Error('could not set environment variable "FORBIDDEN": ssh: setenv failed'),
            );
            assert.deepEqual(server.commands, []);
        });

        it("gives an update the output of the command before it", async () => {
            const update = 'echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"';
            const inputs = { connection: server.connection, create: "echo out; echo err >&2", update };
            const created = await plugin.create(type, inputs);

            const updated = await plugin.update(type, created, { ...inputs, stdin: "changed" });

            assert.equal(updated.outputs["stdout"], "out/err");
        });

        it("keeps that output back with addPreviousOutputInEnv: false", async () => {
            const update = 'echo "${PULUMI_COMMAND_STDOUT-unset}"';
            const inputs = { connection: server.connection, create: "echo out", update, addPreviousOutputInEnv: false };
            const created = await plugin.create(type, inputs);

            const updated = await plugin.update(type, created, { ...inputs, stdin: "changed" });

            assert.equal(updated.outputs["stdout"], "unset");
        });

        it("only warns when the server refuses that output", async () => {
            const strict = await SshServer.start();
            const inputs = { connection: strict.connection, create: "echo out", update: "echo updated" };
            const created = await plugin.create(type, inputs);
            const before = plugin.log.length;

            const updated = await plugin.update(type, created, { ...inputs, stdin: "changed" });

            await strict.stop();
            assert.equal(updated.outputs["stdout"], "updated");
            assert.match(plugin.log[before] ?? "", /PULUMI_COMMAND_STDOUT/);
        });
    });

    describe("failures and secrets", () => {
        it("fails with the exit status, the command and all output, but not stdin", async () => {
            const create = "cat >/dev/null; echo out; sleep 0.2; echo err >&2; exit 7";
            const inputs = { connection: server.connection, create, stdin: secret("hidden"), logging: "none" };

            await assert.rejects(
                plugin.create(type, inputs),
                new Error(`Process exited with status 7: running "${create}":\nout\nerr\n`),
            );
        });

        it("returns the connection as a secret", async () => {
            const { outputs } = await plugin.create(type, { connection: server.connection, create: "true" });

            assert.deepEqual(secretsOf(outputs), ["connection"]);
        });

        it("returns secret inputs as secrets, with their values", async () => {
            const inputs = { connection: server.connection, create: "cat", stdin: secret("hidden") };

            const { outputs } = await plugin.create(type, inputs);

            assert.deepEqual(secretsOf(outputs), ["connection", "stdin"]);
            assert.equal(open(outputs["stdin"]), "hidden");
        });
    });
});
