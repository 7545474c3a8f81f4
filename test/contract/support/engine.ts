import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** The part of Pulumi's engine that a plugin talks to: its log. */
export class Engine {
    private constructor(
        private readonly server: Server,
        readonly address: string,
        /** Messages of all plugins so far, in order. */
        readonly log: readonly string[],
    ) {}

    static async start(): Promise<Engine> {
        const server = new Server();
        const log: string[] = [];
        server.addService(EngineService, {
            log(call: ServerUnaryCall<LogRequest, Empty>, done: sendUnaryData<Empty>) {
                log.push(call.request.getMessage());
                done(null, new Empty());
            },
        });
        const port = await new Promise<number>((resolve, reject) => {
            server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
                if (error === null) {
                    resolve(bound);
                } else {
                    reject(error);
                }
            });
        });
        return new Engine(server, `127.0.0.1:${port}`, log);
    }

    stop(): void {
        this.server.forceShutdown();
    }
}
