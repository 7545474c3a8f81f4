import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";

/** A bootstrap token. */
export interface Token {
    readonly id: string;
    readonly secret: string;
}

export interface ImpostorArgs {
    /** IP address of this computer that machines reach. */
    readonly listensOn: string;
    /** IP address that the joining node believes to talk to. */
    readonly endpoint: string;
    /** A self-signed certificate and its key, both PEM. */
    readonly identity: { readonly cert: string; readonly key: string };
    /** Asked at each request. */
    readonly token: () => Promise<Token>;
}

/**
 * What answers in the place of a cluster's endpoint: a server with a CA of its own that even knows the joining node's
 * token, so that nothing but the pinned CA can give it away.
 */
export class Impostor {
    private constructor(
        private readonly server: Server,
        readonly port: number,
    ) {}

    static async start({ listensOn, endpoint, identity, token }: ImpostorArgs): Promise<Impostor> {
        const server = createServer(identity, (_, response) => {
            void token().then((known) => {
                response.setHeader("content-type", "application/json");
                response.end(JSON.stringify(clusterInfo(endpoint, identity.cert, known)));
            });
        });
        await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, listensOn, resolve));
        // A server that listens on a port has an address of this form.
        return new Impostor(server, (server.address() as AddressInfo).port);
    }

    stop(): void {
        this.server.closeAllConnections();
        this.server.close();
    }
}

/** The object that a joining node asks for first, signed with its token. */
function clusterInfo(endpoint: string, certificate: string, { id, secret }: Token): unknown {
    const kubeconfig = stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
            {
                name: "",
                cluster: {
                    server: `https://${endpoint}:6443`,
                    "certificate-authority-data": Buffer.from(certificate).toString("base64"),
                },
            },
        ],
    });
    const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: id })).toString("base64url");
    const payload = Buffer.from(kubeconfig).toString("base64url");
    const signature = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url");
    return {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "cluster-info", namespace: "kube-public" },
        data: { kubeconfig, [`jws-kubeconfig-${id}`]: `${header}..${signature}` },
    };
}
