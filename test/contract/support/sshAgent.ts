import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AgentProtocol, type ParsedKey, utils } from "ssh2";

/** An SSH agent that holds one key. */
export class SshAgent {
    private constructor(
        private readonly server: Server,
        readonly socket: string,
    ) {}

    static async start(privateKey: string): Promise<SshAgent> {
        const key = utils.parseKey(privateKey);
        if (key instanceof Error) {
            throw key;
        }
        const server = createServer((connection) => connection.pipe(serve(key)).pipe(connection));
        const socket = join(await mkdtemp(join(tmpdir(), "contract-agent-")), "socket");
        server.listen(socket);
        await once(server, "listening");
        return new SshAgent(server, socket);
    }

    async stop(): Promise<void> {
        const closed = once(this.server, "close");
        this.server.close();
        await closed;
        await rm(dirname(this.socket), { recursive: true });
    }
}

function serve(key: ParsedKey): AgentProtocol {
    const protocol = new AgentProtocol(false);
    protocol.on("identities", (request) => {
        protocol.getIdentitiesReply(request, [key]);
    });
    protocol.on("sign", (request, _publicKey, data) => {
        protocol.signReply(request, key.sign(data));
    });
    return protocol;
}
