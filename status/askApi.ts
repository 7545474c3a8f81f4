import { X509Certificate } from "node:crypto";
import { request } from "node:https";
import { parse } from "yaml";
import { type NodeList, type NodeObject, nodeObjects } from "./nodeObject";
import type { Learnt } from "./learnt";

/** How a kubeconfig says to connect. */
export interface Access {
    readonly server: string;
    readonly ca: Buffer;
    readonly cert: Buffer;
    readonly key: Buffer;
}

/** The fields of the program's own kubeconfig that are used. */
interface Kubeconfig {
    readonly clusters: readonly [
        { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
    ];
    readonly users: readonly [
        { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } },
    ];
}

const limitMilliseconds = 10_000;

/** Reads a kubeconfig that the program made. */
export function accessOf(kubeconfig: string): Access {
    const { clusters, users } = parse(kubeconfig) as Kubeconfig;
    const [{ cluster }] = clusters;
    const [{ user }] = users;
    return {
        server: cluster.server,
        ca: Buffer.from(cluster["certificate-authority-data"], "base64"),
        cert: Buffer.from(user["client-certificate-data"], "base64"),
        key: Buffer.from(user["client-key-data"], "base64"),
    };
}

/** When the client certificate ends; undefined when it cannot be read. */
export function endOfAccess({ cert }: Access): Date | undefined {
    try {
        return new Date(new X509Certificate(cert).validTo);
    } catch {
        return undefined;
    }
}

/** The nodes, as the API server behind the load balancer knows them. */
export async function askApi(access: Access): Promise<Learnt<NodeObject[]>> {
    try {
        return { value: nodeObjects(JSON.parse(await get(access, "/api/v1/nodes")) as NodeList) };
    } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
    }
}

function get({ server, ...credentials }: Access, path: string): Promise<string> {
    return new Promise((resolve, reject) => {
        const call = request(new URL(path, server), { ...credentials, signal: AbortSignal.timeout(limitMilliseconds) });
        call.once("error", (error) => {
            const isLate = error.name === "AbortError" || error.name === "TimeoutError";
            reject(isLate ? new Error(`${server} gave no answer within ${limitMilliseconds / 1000} s`) : error);
        });
        call.once("response", (response) => {
            const parts: Buffer[] = [];
            response.on("data", (part: Buffer) => parts.push(part));
            response.once("error", reject);
            response.once("end", () => {
                const text = Buffer.concat(parts).toString();
                if (response.statusCode === 200) {
                    resolve(text);
                } else {
                    reject(new Error(`${server} answered ${response.statusCode ?? 0}: ${text.slice(0, 200)}`));
                }
            });
        });
        call.end();
    });
}
