import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Plugin } from "./support/plugin";
import { secretsOf, textAsset } from "./support/properties";
import { SshServer } from "./support/sshServer";

const type = "command:remote:CopyToRemote";

describe("command:remote:CopyToRemote", () => {
    let plugin: Plugin;
    let server: SshServer;
    let folder: string;

    before(async () => {
        plugin = await Plugin.start();
        server = await SshServer.start();
    });

    after(async () => {
        await server.stop();
        await plugin.stop();
    });

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "contract-"));
    });

    afterEach(async () => {
        await rm(folder, { recursive: true });
    });

    it("copies a text, and makes the folders that are missing", async () => {
        const remotePath = join(folder, "new", "file");

        await plugin.create(type, { connection: server.connection, source: textAsset("content"), remotePath });

        assert.equal(await readFile(remotePath, "utf8"), "content");
    });

    it("copies another text on an update", async () => {
        const inputs = { connection: server.connection, remotePath: join(folder, "file") };
        const created = await plugin.create(type, { ...inputs, source: textAsset("a longer text") });

        await plugin.update(type, created, { ...inputs, source: textAsset("short") });

        assert.equal(await readFile(inputs.remotePath, "utf8"), "short");
    });

    it("connects nowhere in a preview", async () => {
        const logins = server.logins;
        const inputs = { connection: server.connection, source: textAsset(""), remotePath: join(folder, "file") };

        await plugin.create(type, inputs, { preview: true });

        assert.equal(server.logins, logins);
    });

    it("returns the connection as a secret", async () => {
        const inputs = { connection: server.connection, source: textAsset(""), remotePath: join(folder, "file") };

        const { outputs } = await plugin.create(type, inputs);

        assert.deepEqual(secretsOf(outputs), ["connection"]);
    });
});
