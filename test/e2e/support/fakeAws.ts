import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { pause } from "./command";

/** What a machine is allowed to do with the parameter, by the role of its instance. */
export type Allowed = "GetParameter" | "PutParameter";

/** An instance: a machine of this address, whose role may do one thing. */
export interface Instance {
    readonly id: string;
    readonly address: string;
    readonly allowed: Allowed;
}

const region = "eu-central-1";
const secretKey = "fake/secret+key";
const session = "fake-session";

/**
 * The instance metadata service, the Parameter Store and one auto scaling group, for machines on one network. It checks what
 * AWS checks.
 */
export class FakeAws {
    /** Versions of the one parameter, the newest last. */
    readonly values: string[] = [];
    /** Ids of the instances that have completed their launch. */
    readonly launched: string[] = [];
    /** What was asked for and refused, in words. */
    readonly refusals: string[] = [];
    private readonly instances: Instance[] = [];
    private readonly server: Server;

    constructor(
        private readonly parameter: string,
        private readonly group: string,
    ) {
        this.server = createServer((request, response) => {
            void body(request).then((text) => {
                const [status, answer] = this.answer(request, text);
                if (status !== 200) {
                    this.refusals.push(`${request.method ?? ""} ${request.url ?? ""}: ${answer}`);
                }
                response.writeHead(status).end(answer);
            });
        });
    }

    /** Starts it on an address of this computer; gives the variables that lead a machine to it. */
    async listen(address: string): Promise<Readonly<Record<string, string>>> {
        await new Promise<void>((resolve, reject) => {
            this.server.once("error", reject).listen(0, address, resolve);
        });
        const bound = this.server.address();
        const port = typeof bound === "object" ? (bound?.port ?? 0) : 0;
        const endpoint = `http://${address}:${port}`;
        return {
            AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint,
            AWS_ENDPOINT_URL_SSM: endpoint,
            AWS_ENDPOINT_URL_AUTO_SCALING: endpoint,
        };
    }

    add(instance: Instance): void {
        this.instances.push(instance);
    }

    async stop(): Promise<void> {
        this.server.close();
        this.server.closeAllConnections();
        await pause(0);
    }

    private answer(request: IncomingMessage, text: string): [number, string] {
        const instance = this.instances.find(({ address }) => address === request.socket.remoteAddress);
        if (instance === undefined) {
            return [403, `no instance has the address ${request.socket.remoteAddress ?? ""}`];
        }
        const path = request.url ?? "";
        if (path === "/latest/api/token") {
            const seconds = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
            return request.method === "PUT" && seconds > 0
                ? [200, `session-${instance.id}`]
                : [400, "no PUT, or no ttl"];
        }
        if (path.startsWith("/latest/meta-data/")) {
            return request.headers["x-aws-ec2-metadata-token"] === `session-${instance.id}`
                ? metadata(instance, path.slice("/latest/meta-data/".length))
                : [401, "no session of this instance: the first version of the metadata service is off"];
        }
        const service = request.headers["x-amz-target"] === undefined ? "autoscaling" : "ssm";
        const problem = signatureProblem(request, text, accessKey(instance), service);
        if (problem !== undefined) {
            return [400, problem];
        }
        return service === "ssm" ? this.parameterStore(instance, request, text) : this.autoScaling(instance, text);
    }

    /** As the Query API of the service has it: a form, each action of which is completed once. */
    private autoScaling({ id }: Instance, text: string): [number, string] {
        const expected = {
            Action: "CompleteLifecycleAction",
            Version: "2011-01-01",
            AutoScalingGroupName: this.group,
            LifecycleHookName: "joined",
            InstanceId: id,
            LifecycleActionResult: "CONTINUE",
        };
        if (text !== new URLSearchParams(expected).toString()) {
            return [403, `<Error><Code>AccessDenied</Code><Message>${text}</Message></Error>`];
        }
        if (this.launched.includes(id)) {
            return [400, `<Error><Message>No active Lifecycle Action found with instance ID ${id}</Message></Error>`];
        }
        this.launched.push(id);
        return [200, "<CompleteLifecycleActionResponse/>"];
    }

    private parameterStore({ allowed }: Instance, request: IncomingMessage, text: string): [number, string] {
        const action = String(request.headers["x-amz-target"]).replace("AmazonSSM.", "");
        // As the API of the service has it.
        const call = JSON.parse(text) as Record<string, unknown>;
        if (action !== allowed || call["Name"] !== this.parameter) {
            return [
                400,
                JSON.stringify({ __type: "AccessDeniedException", Message: `${action} ${String(call["Name"])}` }),
            ];
        }
        if (action === "PutParameter") {
            if (call["Type"] !== "SecureString" || call["Overwrite"] !== true) {
                return [400, JSON.stringify({ __type: "ValidationException" })];
            }
            this.values.push(String(call["Value"]));
            return [200, JSON.stringify({ Tier: "Standard", Version: this.values.length + 1 })];
        }
        const value = call["WithDecryption"] === true ? (this.values.at(-1) ?? "none yet") : "AQICencrypted";
        return [200, JSON.stringify({ Parameter: { Name: this.parameter, Type: "SecureString", Value: value } })];
    }
}

function metadata(instance: Instance, name: string): [number, string] {
    const facts: Readonly<Record<string, string>> = {
        "instance-id": instance.id,
        "local-ipv4": instance.address,
        "instance-type": "m7i.large",
        "instance-life-cycle": "spot",
        "placement/region": region,
        "placement/availability-zone": `${region}b`,
        "services/domain": "amazonaws.com",
        "iam/security-credentials/": "a-role",
        "iam/security-credentials/a-role": JSON.stringify(
            {
                Code: "Success",
                LastUpdated: "2026-11-21T12:00:00Z",
                Type: "AWS-HMAC",
                AccessKeyId: accessKey(instance),
                SecretAccessKey: secretKey,
                Token: session,
                Expiration: "2026-11-21T18:00:00Z",
            },
            null,
            2,
        ),
    };
    const fact = facts[name];
    return fact === undefined ? [404, `there is no ${name}`] : [200, fact];
}

function accessKey({ id }: Instance): string {
    return `ASIA${id.replace(/\W/g, "").toUpperCase()}`;
}

/** What is wrong with a request by AWS' Signature Version 4; nothing when it is right. */
function signatureProblem(
    request: IncomingMessage,
    text: string,
    key: string,
    service: "ssm" | "autoscaling",
): string | undefined {
    const pattern =
        /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/(\w+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
    const [, id, date = "", signedRegion = "", signedService = "", names = "", signature] =
        pattern.exec(request.headers.authorization ?? "") ?? [];
    const time = String(request.headers["x-amz-date"]);
    const signed = names.split(";");
    const always = ["content-type", "host", "x-amz-date", "x-amz-security-token"];
    const missing = [...always, ...(service === "ssm" ? ["x-amz-target"] : [])].filter(
        (name) => !signed.includes(name),
    );
    if (
        id !== key ||
        signedRegion !== region ||
        signedService !== service ||
        request.headers["x-amz-security-token"] !== session
    ) {
        return "UnrecognizedClientException";
    }
    if (missing.length > 0 || !time.startsWith(date)) {
        return `not signed: ${missing.join(", ")}, or of another day`;
    }
    const headers = signed.map((name) => `${name}:${String(request.headers[name]).trim()}\n`).join("");
    const canonical = [request.method, request.url, "", headers, names, sha256(text)].join("\n");
    const scope = `${date}/${region}/${service}/aws4_request`;
    const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
    const signingKey = [date, region, service, "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${secretKey}`);
    return hmac(signingKey, toSign).toString("hex") === signature ? undefined : "InvalidSignatureException";
}

function hmac(key: Buffer | string, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

async function body(request: IncomingMessage): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of request) {
        parts.push(part as Buffer);
    }
    return Buffer.concat(parts).toString("utf8");
}
