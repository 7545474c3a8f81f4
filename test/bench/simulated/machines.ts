import { type FSWatcher, readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { Server, type ServerChannel } from "ssh2";

/** SSH servers that answer as machines would whose every step is done at once, one on each address that has a host key. */
export class SimulatedMachines {
    /** Addresses that were logged in to, each once. */
    readonly contacted = new Set<string>();
    private readonly servers = new Map<string, Server>();
    private readonly newKeys: FSWatcher;

    /** Host keys appear in the folder as `<address>.key`. */
    constructor(private readonly folder: string) {
        this.newKeys = watch(folder, () => {
            this.serveNewOnes();
        });
    }

    stop(): void {
        this.newKeys.close();
        for (const server of this.servers.values()) {
            server.close();
        }
    }

    private serveNewOnes(): void {
        const addresses = readdirSync(this.folder).flatMap((file) => /^(.*)\.key$/.exec(file)?.[1] ?? []);
        for (const address of addresses.filter((each) => !this.servers.has(each))) {
            const server = serve(readFileSync(join(this.folder, `${address}.key`)), () => this.contacted.add(address));
            this.servers.set(address, server.listen(22, address));
        }
    }
}

function serve(hostKey: Buffer, onLogin: () => void): Server {
    return new Server({ hostKeys: [hostKey] }, (client) => {
        client.on("error", () => undefined);
        client.on("authentication", (context) => {
            context.accept();
        });
        client.on("ready", onLogin);
        client.on("session", (accept) => {
            accept().on("exec", (acceptExec) => {
                answer(acceptExec());
            });
        });
    });
}

/** Reads all of its input, as any script does, and ends well. */
function answer(channel: ServerChannel): void {
    channel.resume();
    channel.once("end", () => {
        channel.exit(0);
        channel.end();
    });
}
