import { type ChildProcess, spawn } from "node:child_process";

/** How a command ended. */
export interface Finished {
    /** -1 when a signal ended it. */
    readonly code: number;
    /** Standard output. */
    readonly stdout: string;
    /** Standard output and error, in the order of their arrival. */
    readonly output: string;
}

export interface CommandOptions {
    readonly environment?: NodeJS.ProcessEnv;
    readonly folder?: string;
    readonly input?: string;
}

/** A command that runs. */
export class Command {
    readonly finished: Promise<Finished>;
    private stdout = "";
    private output = "";

    constructor(
        private readonly file: string,
        private readonly args: readonly string[],
        { environment, folder, input }: CommandOptions = {},
    ) {
        const child = spawn(file, args, { env: environment ?? process.env, cwd: folder });
        child.stdin.on("error", () => undefined).end(input ?? "");
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            this.stdout += text;
            this.output += text;
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            this.output += text;
        });
        this.finished = this.end(child);
    }

    private end(child: ChildProcess): Promise<Finished> {
        return new Promise((resolve, reject) => {
            child.once("error", (error) => {
                reject(new Error(`${this.file} could not be run: ${error.message}`));
            });
            child.once("close", (code) => {
                resolve({ code: code ?? -1, stdout: this.stdout, output: this.output });
            });
        });
    }

    /** Its standard output once it ended well; else an error with the last lines of all that it wrote. */
    async succeeds(): Promise<string> {
        const { code, stdout, output } = await this.finished;
        if (code !== 0) {
            const line = [this.file, ...this.args].join(" ").slice(0, 300);
            throw new Error(`exit code ${code} of ${line}; its last lines:\n${lastLines(output)}`);
        }
        return stdout;
    }
}

/** Runs a command to its end and gives what it wrote. */
export function run(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return new Command(file, args, options).succeeds();
}

/** Waits until a check gives something. The error names what was waited for and, as its cause, what was seen last. */
export async function waitFor<T>(
    what: string,
    limitSeconds: number,
    check: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
    const end = Date.now() + limitSeconds * 1000;
    let seen: unknown = "nothing yet";
    while (Date.now() < end) {
        try {
            const value = await check();
            if (value !== undefined) {
                return value;
            }
        } catch (error) {
            seen = error;
        }
        await pause(200);
    }
    throw new Error(`waited ${limitSeconds} s for ${what}`, { cause: seen });
}

/** Lets time pass. */
export function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function lastLines(text: string): string {
    return text.trimEnd().split("\n").slice(-60).join("\n");
}

/** The lines of an output. */
export function lines(text: string): string[] {
    return text.trim().split("\n");
}
