import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

export type Command = readonly [string, ...string[]];

/** A copy of the project, with a stack of its own. */
export class Copy {
    readonly pulumi: string;
    readonly up: Command;

    constructor(
        readonly folder: string,
        private readonly stack: string,
    ) {
        this.pulumi = join(folder, "scripts", "pulumi.sh");
        this.up = [this.pulumi, "up", "--yes", "--skip-preview", "--suppress-outputs"];
    }

    /** Changes the stack's configuration. */
    configure(changes: Readonly<Record<string, unknown>>): void {
        const file = join(this.folder, `Pulumi.${this.stack}.yaml`);
        // The form of every such file.
        const content = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
        for (const [key, value] of Object.entries(changes)) {
            content.config[`pulumi-kubeadm:${key}`] = value;
        }
        writeFileSync(file, stringify(content));
    }

    /** Runs commands one after another; the seconds from the first one's start to the last one's end. */
    async timed(what: string, ...commands: readonly Command[]): Promise<number> {
        const started = performance.now();
        for (const command of commands) {
            await this.run(command);
        }
        const seconds = (performance.now() - started) / 1000;
        console.error(`${what}: ${show(seconds)}`);
        return seconds;
    }

    /** What a command prints is shown only when it fails. */
    async run([file, ...args]: Command): Promise<void> {
        const log = join(this.folder, "bench.log");
        const output = openSync(log, "w");
        const [code] = (await once(spawn(file, args, { stdio: ["ignore", output, output] }), "close")) as [number];
        if (code !== 0) {
            throw new Error(`${file} ${args.join(" ")} failed:\n${readFileSync(log, "utf8").slice(-8000)}`);
        }
    }
}

export function show(seconds: number): string {
    return `${seconds.toFixed(1)} s`;
}
