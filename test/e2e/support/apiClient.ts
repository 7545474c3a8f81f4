import { readFileSync } from "node:fs";
import { request } from "node:https";
import { parse } from "yaml";

/** The part of a kubeconfig that is needed to connect. */
interface Kubeconfig {
    readonly clusters: readonly [
        { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
    ];
    readonly users: readonly [
        { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } },
    ];
}

const limitMilliseconds = 2000;

/** Calls to the API server, each with a connection of its own and a limit of two seconds. */
export class ApiClient {
    private readonly server: string;
    private readonly credentials: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

    constructor(kubeconfigFile: string) {
        const { clusters, users } = parse(readFileSync(kubeconfigFile, "utf8")) as Kubeconfig;
        const [{ cluster }] = clusters;
        const [{ user }] = users;
        this.server = cluster.server;
        this.credentials = {
            ca: Buffer.from(cluster["certificate-authority-data"], "base64"),
            cert: Buffer.from(user["client-certificate-data"], "base64"),
            key: Buffer.from(user["client-key-data"], "base64"),
        };
    }

    get(path: string, server = this.server): Promise<string> {
        return this.call("GET", path, undefined, server);
    }

    /** Server-side apply of an object. */
    apply(path: string, object: unknown): Promise<string> {
        return this.call("PATCH", `${path}?fieldManager=e2e&force=true`, JSON.stringify(object), this.server);
    }

    private call(method: string, path: string, body: string | undefined, server: string): Promise<string> {
        return new Promise((resolve, reject) => {
            const call = request(new URL(path, server), {
                ...this.credentials,
                agent: false,
                method,
                headers: { "content-type": "application/apply-patch+yaml" },
                signal: AbortSignal.timeout(limitMilliseconds),
            });
            call.once("error", reject);
            call.once("response", (response) => {
                let text = "";
                response.setEncoding("utf8").on("data", (part: string) => (text += part));
                response.once("error", reject);
                response.once("end", () => {
                    if (response.statusCode !== undefined && response.statusCode < 300) {
                        resolve(text);
                    } else {
                        reject(new Error(`${method} ${path}: ${response.statusCode ?? 0} ${text.slice(0, 300)}`));
                    }
                });
            });
            call.end(body);
        });
    }
}
