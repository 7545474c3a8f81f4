import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Engine } from "./engine";
import { fromStruct, type Properties, toStruct } from "./properties";

const executable = "pulumi-resource-command";

const howToGetOne = `no ${executable} on PATH. Either install the official one,
  pulumi plugin install resource command 1.2.1
and put its folder (below ~/.pulumi/plugins) on PATH; or build the stand-in,
  cd offline/modules/command && go build -o <a folder on PATH>/ ./...`;

/** A resource as the plugin left it. */
export interface State {
    readonly id: string;
    readonly inputs: Properties;
    readonly outputs: Properties;
}

export interface Difference {
    readonly changed: readonly string[];
    readonly replaces: boolean;
}

/** The `command` plugin that is on PATH, official or not, spoken to as the engine does. */
export class Plugin {
    private constructor(
        private readonly engine: Engine,
        private readonly child: ChildProcess,
        private readonly client: ResourceProviderClient,
    ) {}

    /** Starts the plugin. The variables are added to its environment, from which any SSH agent is removed. */
    static async start(variables: Readonly<Record<string, string>> = {}): Promise<Plugin> {
        const engine = await Engine.start();
        const environment = { ...process.env, SSH_AUTH_SOCK: undefined, ...variables };
        const child = spawn(executable, [engine.address], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
        try {
            const port = await firstLine(child);
            const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
            const request = new messages.ConfigureRequest()
                .setAcceptsecrets(true)
                .setAcceptresources(true)
                .setSendsOldInputs(true)
                .setSendsOldInputsToDelete(true)
                .setArgs(toStruct({}));
            await unary<messages.ConfigureResponse>((done) => client.configure(request, done));
            return new Plugin(engine, child, client);
        } catch (error) {
            child.kill();
            engine.stop();
            throw error;
        }
    }

    async stop(): Promise<void> {
        this.client.close();
        this.engine.stop();
        const exit = once(this.child, "exit");
        this.child.kill();
        await exit;
    }

    /** Log messages of all operations so far, in order. */
    get log(): readonly string[] {
        return this.engine.log;
    }

    /** What the plugin says of itself. */
    async schema(): Promise<unknown> {
        const request = new messages.GetSchemaRequest();
        const response = await unary<messages.GetSchemaResponse>((done) => this.client.getSchema(request, done));
        return JSON.parse(response.getSchema());
    }

    /** The inputs with their defaults, as the engine would keep them. */
    async check(type: string, inputs: Properties): Promise<Properties> {
        const request = new messages.CheckRequest().setUrn(urn(type)).setOlds(toStruct({})).setNews(toStruct(inputs));
        const response = await unary<messages.CheckResponse>((done) => this.client.check(request, done));
        const failures = response.getFailuresList().map((failure) => failure.getReason());
        if (failures.length > 0) {
            throw new Error(failures.join("\n"));
        }
        return fromStruct(response.getInputs());
    }

    /** Checks the inputs and creates the resource. The limit is the resource's customTimeouts.create. */
    async create(
        type: string,
        inputs: Properties,
        options: { preview?: boolean; limitSeconds?: number } = {},
    ): Promise<State> {
        const checked = await this.check(type, inputs);
        const request = new messages.CreateRequest()
            .setUrn(urn(type))
            .setProperties(toStruct(checked))
            .setPreview(options.preview ?? false)
            .setTimeout(options.limitSeconds ?? 0);
        const response = await unary<messages.CreateResponse>((done) => this.client.create(request, done));
        return { id: response.getId(), inputs: checked, outputs: fromStruct(response.getProperties()) };
    }

    async diff(type: string, old: State, inputs: Properties): Promise<Difference> {
        const request = new messages.DiffRequest()
            .setId(old.id)
            .setUrn(urn(type))
            .setOlds(toStruct(old.outputs))
            .setOldInputs(toStruct(old.inputs))
            .setNews(toStruct(await this.check(type, inputs)));
        const response = await unary<messages.DiffResponse>((done) => this.client.diff(request, done));
        const details = response.getDetaileddiffMap().toObject(false, messages.PropertyDiff.toObject.bind(undefined));
        return {
            changed: details.map(([path]) => path).sort(),
            replaces: details.some(([, detail]) => replacing.has(detail.kind)),
        };
    }

    async update(type: string, old: State, inputs: Properties, options: { preview?: boolean } = {}): Promise<State> {
        const checked = await this.check(type, inputs);
        const request = new messages.UpdateRequest()
            .setId(old.id)
            .setUrn(urn(type))
            .setOlds(toStruct(old.outputs))
            .setOldInputs(toStruct(old.inputs))
            .setNews(toStruct(checked))
            .setPreview(options.preview ?? false);
        const response = await unary<messages.UpdateResponse>((done) => this.client.update(request, done));
        return { id: old.id, inputs: checked, outputs: fromStruct(response.getProperties()) };
    }

    async delete(type: string, old: State): Promise<void> {
        const request = new messages.DeleteRequest()
            .setId(old.id)
            .setUrn(urn(type))
            .setProperties(toStruct(old.outputs))
            .setOldInputs(toStruct(old.inputs));
        await unary((done) => this.client.delete(request, done));
    }

    async invoke(token: string, args: Properties): Promise<Properties> {
        const request = new messages.InvokeRequest().setTok(token).setArgs(toStruct(args));
        const response = await unary<messages.InvokeResponse>((done) => this.client.invoke(request, done));
        return fromStruct(response.getReturn());
    }

    /** Asks the plugin to give up what it is doing. */
    async cancel(): Promise<void> {
        await unary((done) => this.client.cancel(new Empty(), done));
    }
}

const { Kind } = messages.PropertyDiff;
const replacing: ReadonlySet<number> = new Set([Kind.ADD_REPLACE, Kind.DELETE_REPLACE, Kind.UPDATE_REPLACE]);

function urn(type: string): string {
    return `urn:pulumi:test::contract::${type}::it`;
}

async function firstLine(child: ChildProcess): Promise<string> {
    if (child.stdout === null) {
        throw new Error("the plugin has no standard output");
    }
    const lines = createInterface(child.stdout);
    return new Promise((resolve, reject) => {
        lines.once("line", resolve);
        child.once("error", () => {
            reject(new Error(howToGetOne));
        });
        child.once("exit", (code) => {
            reject(new Error(`${executable} ended with exit code ${String(code)} before it was ready`));
        });
    });
}

/** One call; an error carries the plugin's own words. */
function unary<T>(call: (done: (error: ServiceError | null, response: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
        call((error, response) => {
            if (error === null) {
                resolve(response);
            } else {
                reject(new Error(error.details));
            }
        });
    });
}
