import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { keyPair } from "../support/keyPair";
import { Plugin } from "./support/plugin";
import { textAsset, unknown } from "./support/properties";
import { SshServer } from "./support/sshServer";

const command = "command:remote:Command";
const copy = "command:remote:CopyToRemote";

/** Behaviour that the official plugin lacks; offline/modules/command/README.md lists it. Skipped with that one. */
describe("where the stand-in for the command plugin does better", () => {
    const login = keyPair();
    let plugin: Plugin;
    let server: SshServer;

    before(async function () {
        const candidate = await Plugin.start();
        const schema = await candidate.schema();
        await candidate.stop();
        if (typeof schema === "object" && schema !== null && "publisher" in schema) {
            this.skip();
        }
    });

    beforeEach(async () => {
        plugin = await Plugin.start();
        server = await SshServer.start({ authorizedKey: login.public });
    });

    afterEach(async () => {
        await server.stop();
        await plugin.stop();
    });

    it("logs a line that is longer than 64 KiB, in pieces, and goes on", async () => {
        const create = "head -c 100000 /dev/zero | tr '\\0' x";

        const { outputs } = await plugin.create(command, { connection: server.connection, create });

        assert.equal(outputs["stdout"], "x".repeat(100000));
        assert.equal(plugin.log.join(""), "x".repeat(100000));
    });

    it("replaces output that is not UTF-8", async () => {
        const { outputs } = await plugin.create(command, { connection: server.connection, create: "printf 'a\\377b'" });

        assert.equal(outputs["stdout"], "a\ufffdb");
    });

    it("closes the connection after each operation", async () => {
        await plugin.create(command, { connection: server.connection, create: "true" });

        await sleep(100);
        assert.equal(server.openConnections, 0);
    });

    it("ends a command, and its connection, at the time limit of its resource", async () => {
        const inputs = { connection: server.connection, create: "echo begun; sleep 30" };

        await assert.rejects(
            plugin.create(command, inputs, { limitSeconds: 1 }),
            new Error('context deadline exceeded: running "echo begun; sleep 30":\nbegun\n'),
        );
        await sleep(100);
        assert.equal(server.openConnections, 0);
    });

    it("ends a command, and its connection, when the engine cancels", async () => {
        const inputs = { connection: server.connection, create: "sleep 30", logging: "none" };
        const ended = assert.rejects(
            plugin.create(command, inputs),
            new Error('context canceled: running "sleep 30":\n'),
        );
        await sleep(300);

        await plugin.cancel();

        await ended;
        await sleep(100);
        assert.equal(server.openConnections, 0);
    });

    it("ends a local command with its children at the time limit of its resource", async () => {
        const create = "sleep 30; true";

        await assert.rejects(
            plugin.create("command:local:Command", { create }, { limitSeconds: 1 }),
            new Error(`context deadline exceeded: running "${create}":\n`),
        );
    });

    it("holds the handshake to perDialTimeout too", async () => {
        const silent = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
        await once(silent, "listening");
        // An address of a TCP server that listens.
        const { port } = silent.address() as AddressInfo;
        const connection = { host: "127.0.0.1", port, dialErrorLimit: 0, perDialTimeout: 1 };

        await assert.rejects(
            plugin.create(command, { connection, create: "true" }),
            new Error(`after 0 failed attempts: ssh: no handshake with 127.0.0.1:${port}: context deadline exceeded`),
        );
        silent.close();
    });

    it("leaves an agent alone that is not asked anyway, since there is a private key", async () => {
        const connection = { ...server.connection, privateKey: login.private, agentSocketPath: "/nowhere/agent" };

        const { outputs } = await plugin.create(command, { connection, create: "echo in" });

        assert.equal(outputs["stdout"], "in");
    });

    it("previews a copy whose source is not known yet", async () => {
        const inputs = { connection: server.connection, source: unknown, remotePath: "/nowhere/file" };

        await plugin.create(copy, inputs, { preview: true });

        assert.equal(server.logins, 0);
    });

    it("copies the same content to another machine", async () => {
        const folder = await mkdtemp(join(tmpdir(), "contract-"));
        const inputs = { source: textAsset("content"), remotePath: join(folder, "file") };
        const created = await plugin.create(copy, { ...inputs, connection: server.connection });
        await rm(inputs.remotePath);
        const other = await SshServer.start();

        await plugin.update(copy, created, { ...inputs, connection: other.connection });

        assert.equal(await readFile(inputs.remotePath, "utf8"), "content");
        await other.stop();
        await rm(folder, { recursive: true });
    });
});
