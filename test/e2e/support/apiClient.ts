import { readFileSync } from "node:fs";
import { request } from "node:https";
import { type Access, accessOf } from "../../../status/askApi";

const limitMilliseconds = 2000;

/** Calls to the API server, each with a connection of its own and a limit of two seconds. */
export class ApiClient {
    private readonly access: Access;

    constructor(kubeconfigFile: string) {
        this.access = accessOf(readFileSync(kubeconfigFile, "utf8"));
    }

    get(path: string, server = this.access.server): Promise<string> {
        return this.call("GET", path, undefined, server);
    }

    /** Server-side apply of an object. */
    apply(path: string, object: unknown): Promise<string> {
        return this.call("PATCH", `${path}?fieldManager=e2e&force=true`, JSON.stringify(object));
    }

    private call(method: string, path: string, body?: string, server = this.access.server): Promise<string> {
        return new Promise((resolve, reject) => {
            const { ca, cert, key } = this.access;
            const call = request(new URL(path, server), {
                ca,
                cert,
                key,
                agent: false,
                method,
                headers: { "content-type": "application/apply-patch+yaml" },
                signal: AbortSignal.timeout(limitMilliseconds),
            });
            call.once("error", (error) => {
                const isLate = error.name === "AbortError";
                reject(isLate ? new Error(`no answer in ${limitMilliseconds / 1000} s`) : error);
            });
            call.once("response", (response) => {
                let text = "";
                response.setEncoding("utf8").on("data", (part: string) => (text += part));
                response.once("error", reject);
                response.once("end", () => {
                    if (response.statusCode !== undefined && response.statusCode < 300) {
                        resolve(text);
                    } else {
                        reject(new Error(`${response.statusCode ?? 0} ${messageIn(text)}`));
                    }
                });
            });
            call.end(body);
        });
    }
}

/** The message of the Kubernetes Status that an answer is, or the beginning of the answer. */
function messageIn(text: string): string {
    return /"message":"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 300);
}
