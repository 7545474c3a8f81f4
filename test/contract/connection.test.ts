import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { keyPair } from "../support/keyPair";
import { Plugin } from "./support/plugin";
import { open, without } from "./support/properties";
import { SshAgent } from "./support/sshAgent";
import { SshServer } from "./support/sshServer";

const type = "command:remote:Command";

describe("the connection of a remote command", () => {
    const login = keyPair();
    let plugin: Plugin;
    let server: SshServer;

    before(async () => {
        plugin = await Plugin.start();
        server = await SshServer.start({ authorizedKey: login.public });
    });

    after(async () => {
        await server.stop();
        await plugin.stop();
    });

    it("fills in its defaults", async () => {
        const inputs = await plugin.check(type, { connection: { host: "machine", proxy: { host: "bastion" } } });

        const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
        assert.deepEqual(open(inputs["connection"]), {
            host: "machine",
            ...defaults,
            proxy: { host: "bastion", ...defaults },
        });
    });

    describe("logging in", () => {
        const keyConnection = () => ({ ...server.connection, password: "wrong", privateKey: login.private });

        it("accepts a private key", async () => {
            const { outputs } = await plugin.create(type, { connection: keyConnection(), create: "echo in" });

            assert.equal(outputs["stdout"], "in");
        });

        it("opens an encrypted private key with its password", async () => {
            const passphrase = "open sesame";
            const encrypted = keyPair(passphrase);
            const target = await SshServer.start({ authorizedKey: encrypted.public });
            const connection = {
                ...target.connection,
                privateKey: encrypted.private,
                privateKeyPassword: passphrase,
                password: "wrong",
            };

            const { outputs } = await plugin.create(type, { connection, create: "echo in" });

            await target.stop();
            assert.equal(outputs["stdout"], "in");
        });

        it("falls back to the password", async () => {
            const { outputs } = await plugin.create(type, { connection: server.connection, create: "echo in" });

            assert.equal(outputs["stdout"], "in");
        });

        it("tries a refused login again, then says what it tried", async () => {
            await assert.rejects(
                plugin.create(type, { connection: { ...server.connection, password: "wrong" }, create: "true" }),
                /^Error: after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate/,
            );
        });

        it("asks the agent at agentSocketPath", async () => {
            const agent = await SshAgent.start(login.private);
            const connection = without("password", server.connection);

            const { outputs } = await plugin.create(type, {
                connection: { ...connection, agentSocketPath: agent.socket },
                create: "echo in",
            });

            await agent.stop();
            assert.equal(outputs["stdout"], "in");
        });

        it("asks the agent at $SSH_AUTH_SOCK by default", async () => {
            const agent = await SshAgent.start(login.private);
            const withAgent = await Plugin.start({ SSH_AUTH_SOCK: agent.socket });
            const connection = without("password", server.connection);

            const { outputs } = await withAgent.create(type, { connection, create: "echo in" });

            await withAgent.stop();
            await agent.stop();
            assert.equal(outputs["stdout"], "in");
        });

        it("fails at once when the agent cannot be reached", async () => {
            const connection = without("password", server.connection);

            await assert.rejects(
                plugin.create(type, {
                    connection: { ...connection, agentSocketPath: "/nowhere/agent" },
                    create: "true",
                }),
                new Error("dial unix /nowhere/agent: connect: no such file or directory"),
            );
        });
    });

    describe("the host key", () => {
        it("is not looked at when none is given", async () => {
            const connection = without("hostKey", server.connection);

            const { outputs } = await plugin.create(type, { connection, create: "echo in" });

            assert.equal(outputs["stdout"], "in");
        });

        it("is refused when it is another", async () => {
            const connection = { ...server.connection, hostKey: login.public };
            const logins = server.logins;

            await assert.rejects(
                plugin.create(type, { connection, create: "true" }),
                new Error("after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch"),
            );
            assert.equal(server.logins, logins);
        });

        it("must be a key", async () => {
            await assert.rejects(
                plugin.create(type, { connection: { ...server.connection, hostKey: "none" }, create: "true" }),
                new Error("failed to parse host key: ssh: no key found"),
            );
        });
    });

    describe("dialling", () => {
        it("tries again as often as dialErrorLimit says, counts aloud, and gives the last error", async () => {
            const port = await freePort();
            const before = plugin.log.length;
            const start = performance.now();

            await assert.rejects(
                plugin.create(type, { connection: { host: "127.0.0.1", port, dialErrorLimit: 2 }, create: "true" }),
                new Error(`after 2 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`),
            );

            const waited = performance.now() - start;
            assert.deepEqual(plugin.log.slice(before), ["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
            assert.ok(waited >= 250, `waits 100 ms, then 150 ms; waited ${Math.round(waited)} ms`);
        });

        it("succeeds when the server comes up in the meantime", async () => {
            const port = await freePort();
            const connection = { ...without("hostKey", server.connection), port, dialErrorLimit: -1 };

            const creation = plugin.create(type, { connection, create: "echo up" });
            await sleep(300);
            const late = await SshServer.start({ port });
            const { outputs } = await creation;

            await late.stop();
            assert.equal(outputs["stdout"], "up");
        });

        it("connects once per operation", async () => {
            const logins = server.logins;

            await plugin.create(type, { connection: server.connection, create: "true" });

            assert.equal(server.logins, logins + 1);
        });
    });

    describe("a proxy", () => {
        let bastion: SshServer;

        before(async () => {
            bastion = await SshServer.start();
        });

        after(async () => {
            await bastion.stop();
        });

        it("carries the connection", async () => {
            const connection = { ...server.connection, proxy: bastion.connection };

            const { outputs } = await plugin.create(type, { connection, create: "echo behind" });

            assert.equal(outputs["stdout"], "behind");
            assert.deepEqual(bastion.forwarded, [`127.0.0.1:${server.port}`]);
            assert.deepEqual(bastion.commands, []);
        });

        it("has its own host key checked", async () => {
            const proxy = { ...bastion.connection, hostKey: server.hostKey };

            await assert.rejects(
                plugin.create(type, { connection: { ...server.connection, proxy }, create: "true" }),
                new Error("proxy: after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch"),
            );
        });

        it("counts its own attempts", async () => {
            const proxy = { host: "127.0.0.1", port: await freePort(), dialErrorLimit: 1 };
            const before = plugin.log.length;

            await assert.rejects(
                plugin.create(type, { connection: { ...server.connection, proxy }, create: "true" }),
                new Error(
                    `proxy: after 1 failed attempts: dial tcp 127.0.0.1:${proxy.port}: connect: connection refused`,
                ),
            );
            assert.deepEqual(plugin.log.slice(before), ["Dial proxy 1/1 failed: retrying"]);
        });
    });
});

/** A port of this computer on which nothing listens. */
async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    // An address of a TCP server that listens.
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}
