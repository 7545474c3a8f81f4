import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import {
    type AuthContext,
    type Connection,
    type PublicKeyAuthContext,
    Server,
    type ServerChannel,
    type Session,
    utils,
} from "ssh2";
import { keyPair } from "../../support/keyPair";
import type { Properties } from "./properties";
import { serveFiles } from "./sftp";

export interface SshServerArgs {
    /** Public key that may log in, beside the password. */
    readonly authorizedKey?: string;
    /** Names of the environment variables that a client may set, as sshd's AcceptEnv. */
    readonly acceptEnv?: readonly string[];
    /** @default any free one */
    readonly port?: number;
}

/** An SSH server on this computer that runs commands with /bin/sh, serves files and forwards connections. */
export class SshServer {
    static readonly password = "correct horse";
    /** Public host key, as in authorized_keys. */
    readonly hostKey: string;
    /** Commands that ran, in order. */
    readonly commands: string[] = [];
    /** Addresses that connections were forwarded to. */
    readonly forwarded: string[] = [];
    /** How many clients logged in. */
    logins = 0;

    private readonly server: Server;
    private readonly clients = new Set<Connection>();

    private constructor(private readonly args: SshServerArgs) {
        const hostKey = keyPair();
        this.hostKey = hostKey.public;
        this.server = new Server({ hostKeys: [hostKey.private] }, (client) => {
            this.serve(client);
        });
    }

    static async start(args: SshServerArgs = {}): Promise<SshServer> {
        const server = new SshServer(args);
        server.server.listen(args.port ?? 0, "127.0.0.1");
        await once(server.server, "listening");
        return server;
    }

    async stop(): Promise<void> {
        const closed = once(this.server, "close");
        this.server.close();
        for (const client of this.clients) {
            client.end();
        }
        await closed;
    }

    get port(): number {
        // An address of a TCP server that listens.
        return (this.server.address() as AddressInfo).port;
    }

    get openConnections(): number {
        return this.clients.size;
    }

    /** Connection arguments that log in here with the password, with one more attempt if the first fails. */
    get connection(): Properties {
        return {
            host: "127.0.0.1",
            port: this.port,
            user: "tester",
            password: SshServer.password,
            hostKey: this.hostKey,
            dialErrorLimit: 1,
        };
    }

    private serve(client: Connection): void {
        this.clients.add(client);
        // Otherwise each answer waits for the client's delayed acknowledgement of the one before. The method is
        // missing in ssh2's types.
        (client as Connection & { setNoDelay(isOn: boolean): void }).setNoDelay(true);
        client.on("close", () => this.clients.delete(client));
        // A client that refuses the host key goes away in the middle of the handshake.
        client.on("error", () => this.clients.delete(client));
        client.on("authentication", (context) => {
            if (this.isWelcome(context)) {
                context.accept();
            } else {
                context.reject(["publickey", "password"]);
            }
        });
        client.on("ready", () => (this.logins += 1));
        client.on("session", (accept) => {
            this.serveSession(accept());
        });
        client.on("tcpip", (accept, _reject, { destIP, destPort }) => {
            this.forwarded.push(`${destIP}:${destPort}`);
            const onward = connect(destPort, destIP, () => {
                const channel = accept();
                channel.pipe(onward).pipe(channel);
            });
        });
    }

    private isWelcome(context: AuthContext): boolean {
        switch (context.method) {
            case "password":
                return context.password === SshServer.password;
            case "publickey":
                return this.args.authorizedKey !== undefined && isProven(context, this.args.authorizedKey);
            default:
                return false;
        }
    }

    private serveSession(session: Session): void {
        const environment: Record<string, string> = {};
        session.on("env", (accept, reject, { key, val }) => {
            if (this.args.acceptEnv?.includes(key) === true) {
                environment[key] = val;
                accept();
            } else {
                reject();
            }
        });
        session.on("exec", (accept, _reject, { command }) => {
            this.commands.push(command);
            run(command, environment, accept());
        });
        session.on("sftp", (accept) => {
            serveFiles(accept());
        });
    }
}

/** Whether the client has the private half of the key, or only asks if the key would do. */
function isProven(context: PublicKeyAuthContext, authorizedKey: string): boolean {
    const key = utils.parseKey(authorizedKey);
    if (key instanceof Error) {
        throw key;
    }
    if (!key.getPublicSSH().equals(context.key.data)) {
        return false;
    }
    const { blob, signature } = context;
    return blob === undefined || signature === undefined || key.verify(blob, signature, context.hashAlgo);
}

function run(command: string, environment: Record<string, string>, channel: ServerChannel): void {
    const child = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env["PATH"], ...environment } });
    channel.pipe(child.stdin);
    // A command may end without having read all of its input.
    child.stdin.on("error", () => undefined);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.on("close", (code) => {
        channel.exit(code ?? 255);
        channel.end();
    });
    channel.on("close", () => child.kill());
}
