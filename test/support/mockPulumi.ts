import { gunzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the program registered it. */
export interface RegisteredResource {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    /** URN of the component that it belongs to; empty for none. */
    readonly parent: string;
    /** Inputs with secrets opened; scripts for machines as a machine unpacks them. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Whether the input at a dotted path, or what it is part of, is a secret: `connection.privateKey`. */
    isSecret(path: string): boolean;
    readonly options: {
        /** URNs. A component in `dependsOn` shows as its children. */
        readonly dependsOn: readonly string[];
        readonly deletedWith: string;
        readonly deleteBeforeReplace: boolean;
        readonly additionalSecretOutputs: readonly string[];
        readonly replaceOnChanges: readonly string[];
        readonly ignoreChanges: readonly string[];
        /** What replaces the resource when it changes; nothing for none. */
        readonly replacementTrigger: unknown;
    };
}

export interface MockPulumiArgs {
    /** What a resource gives beside its own inputs; a promise makes the program wait for it. */
    readonly outputs?: (
        resource: pulumi.runtime.MockResourceArgs,
    ) => Record<string, unknown> | Promise<Record<string, unknown>>;
    /** What a function of a provider or the engine gives. @default nothing */
    readonly results?: (call: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
    /** Whether the program runs as in `pulumi preview`, where outputs that the mock does not give are unknown. */
    readonly preview?: boolean;
}

/** The engine as tests see it. */
export interface MockPulumi {
    /** Waits until the program is quiet, and gives what it registered, sorted by name. */
    resources(): Promise<readonly RegisteredResource[]>;
    /** The one resource of this name. */
    resource(name: string): Promise<RegisteredResource>;
}

/** Puts mocks in the engine's place for all resources that are made from here on. */
export async function mockPulumi(args: MockPulumiArgs = {}): Promise<MockPulumi> {
    const registered: RegisteredResource[] = [];
    const failures: unknown[] = [];
    await pulumi.runtime.setMocks(
        {
            call: (call) => args.results?.(call) ?? {},
            newResource: async (resource) => ({
                id: args.preview === true ? undefined : `${resource.name}-id`,
                state: { ...stateOf(resource), ...(await args.outputs?.(resource)) },
            }),
        },
        "project",
        "stack",
        args.preview ?? false,
        "organization",
    );
    recordRegistrations(registered, failures);

    const resources = async (): Promise<readonly RegisteredResource[]> => {
        await internals.waitForRPCs();
        if (failures.length > 0) {
            throw failures[0];
        }
        return [...registered].sort((a, b) => (a.name < b.name ? -1 : 1));
    };
    const resource = async (name: string): Promise<RegisteredResource> => {
        const all = await resources();
        const found = all.filter((candidate) => candidate.name === name);
        if (found[0] === undefined || found.length > 1) {
            throw new Error(
                `${found.length} resources are named ${name}, among ${all.map((one) => one.name).join(", ")}`,
            );
        }
        return found[0];
    };
    return { resources, resource };
}

/** The value of an output. Unlike `apply`, it rejects when the output failed. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    // `promise` is missing from the SDK's types only.
    return (output as unknown as { promise(): Promise<T> }).promise();
}

interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
    getDependenciesList(): string[];
    getDeletedwith(): string;
    getDeletebeforereplace(): boolean;
    getAdditionalsecretoutputsList(): string[];
    getReplaceonchangesList(): string[];
    getIgnorechangesList(): string[];
    getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
}
type RegisterCallback = (failure: unknown, response: { getUrn(): string } | undefined) => void;

// Parts of the SDK's runtime that its types leave out.
const internals = pulumi.runtime as unknown as {
    waitForRPCs(): Promise<void>;
    getMonitor(): { registerResource(request: RegisterRequest, callback: RegisterCallback): unknown };
};

// Mocks are given neither parents nor options, so the registration itself is recorded.
function recordRegistrations(registered: RegisteredResource[], failures: unknown[]): void {
    const monitor = internals.getMonitor();
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) =>
        register(request, (failure, response) => {
            if (response === undefined) {
                failures.push(failure);
            } else {
                registered.push(describe(request, response.getUrn()));
            }
            callback(failure, response);
        });
}

function describe(request: RegisterRequest, urn: string): RegisteredResource {
    const type = request.getType();
    const inputs = request.getObject()?.toJavaScript() ?? {};
    const opened = open(inputs) as Record<string, unknown>;
    return {
        type,
        name: request.getName(),
        urn,
        parent: request.getParent(),
        inputs: withScript(opened),
        isSecret: (path) => isSecretAt(inputs, path.split(".")),
        options: {
            dependsOn: request.getDependenciesList(),
            deletedWith: request.getDeletedwith(),
            deleteBeforeReplace: request.getDeletebeforereplace(),
            additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
            replaceOnChanges: request.getReplaceonchangesList(),
            ignoreChanges: request.getIgnorechangesList(),
            replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
        },
    };
}

/** gzip's first bytes, in base64; what is unknown in a preview has others. */
const packed = "H4sI";

function withScript(inputs: Record<string, unknown>): Record<string, unknown> {
    const { stdin } = inputs;
    return typeof stdin === "string" && stdin.startsWith(packed)
        ? { ...inputs, stdin: gunzipSync(Buffer.from(stdin, "base64")).toString() }
        : inputs;
}

// How the engine's protocol marks a secret.
const markKey = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

function isMarked(value: unknown): value is { value: unknown } {
    return isObject(value) && value[markKey] === secretMark;
}

function isSecretAt(value: unknown, path: readonly string[]): boolean {
    const [key, ...rest] = path;
    if (isMarked(value) || key === undefined) {
        return isMarked(value);
    }
    if (!isObject(value) || !(key in value)) {
        throw new Error(`there is no input ${key}`);
    }
    return isSecretAt(value[key], rest);
}

function open(value: unknown): unknown {
    if (isMarked(value)) {
        return open(value.value);
    }
    if (Array.isArray(value)) {
        return value.map(open);
    }
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, open(part)])) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null;
}

function stateOf(resource: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
    // The SDK's type says any.
    return resource.custom === true ? (resource.inputs as Record<string, unknown>) : {};
}
