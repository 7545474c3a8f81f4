import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";

const project = join(__dirname, "../../..");

/** A folder with the backend and the plugins of stacks on platform aws, where stand-ins make nothing and note everything. */
export class AwsStacks {
    private readonly folder = mkdtempSync(join(tmpdir(), "aws-stacks-"));

    /** `plugins` are those that a stand-in stands for. */
    constructor(plugins: readonly string[]) {
        ["bin", "home", "state"].forEach((each) => {
            mkdirSync(join(this.folder, each));
        });
        const standIn = join(__dirname, "standIn.ts");
        for (const plugin of plugins) {
            const command = `cd '${project}' && exec node --import tsx '${standIn}' ${plugin} "$@"`;
            writeFileSync(join(this.folder, "bin", `pulumi-resource-${plugin}`), `#!/bin/sh\n${command}\n`, {
                mode: 0o755,
            });
        }
        this.publish("ami-1");
    }

    /** A stack with the configuration of an example. */
    async make(name: string, example: string, program: PulumiFn): Promise<Stack> {
        const file = join(project, `Pulumi.${example}.yaml`);
        const { config } = parse(readFileSync(file, "utf8")) as { readonly config: Readonly<Record<string, unknown>> };
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: name, projectName: "pulumi-kubeadm", program },
            {
                workDir: mkdtempSync(join(this.folder, "work-")),
                envVars: {
                    PATH: [join(this.folder, "bin"), process.env.PATH ?? ""].join(delimiter),
                    PULUMI_HOME: join(this.folder, "home"),
                    PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
                    PULUMI_CONFIG_PASSPHRASE: "test",
                    AWS_STAND_IN: this.folder,
                },
            },
        );
        for (const [key, value] of Object.entries(config)) {
            await stack.setConfig(key, { value: typeof value === "string" ? value : JSON.stringify(value) });
        }
        return stack;
    }

    /** What a stack's state is as a file. */
    stateOf(name: string): string {
        return readFileSync(join(this.folder, `state/.pulumi/stacks/pulumi-kubeadm/${name}.json`), "utf8");
    }

    /** Puts the newest image of every publisher there. */
    publish(image: string): void {
        writeFileSync(join(this.folder, "image"), image);
    }

    /** What an update makes, changes and ends: lines such as "make Instance machines-worker-1". */
    async up(stack: Stack): Promise<string[]> {
        writeFileSync(join(this.folder, "log"), "");
        await stack.up();
        return this.log();
    }

    /** The same of an update whose engine is killed at one of these lines. */
    async upAndKill(stack: Stack, line: string): Promise<string[]> {
        writeFileSync(join(this.folder, "log"), "");
        writeFileSync(join(this.folder, "kill"), line);
        const hasEnded = await stack.up().then(
            () => true,
            () => false,
        );
        if (hasEnded) {
            throw new Error(`the update ended and never came to: ${line}`);
        }
        await stack.cancel();
        return this.log();
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }

    private log(): string[] {
        return readFileSync(join(this.folder, "log"), "utf8")
            .split("\n")
            .filter((line) => line !== "");
    }
}
