import { readdirSync, readFileSync } from "node:fs";

const intervalMilliseconds = 100;

/** The command lines of all processes of this computer, those in the machines included, while it runs. */
export class CommandLines {
    /** All so far, each once. */
    readonly seen = new Set<string>();
    private readonly timer: NodeJS.Timeout;

    constructor() {
        this.timer = setInterval(() => {
            for (const pid of pids()) {
                this.seen.add(fileOf(pid, "cmdline").replaceAll("\0", " "));
            }
        }, intervalMilliseconds);
    }

    stop(): void {
        clearInterval(this.timer);
    }
}

/** Kills a process and all that it started, at once and for good. */
export function killTree(root: number): void {
    const parents = new Map(pids().map((pid) => [pid, parentOf(pid)]));
    const tree = [root];
    for (const parent of tree) {
        tree.push(...[...parents].filter(([, each]) => each === parent).map(([pid]) => pid));
    }
    for (const pid of tree) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It ended by itself.
        }
    }
}

/** Processes whose environment holds this setting. */
export function processesWith(setting: string): string[] {
    return pids()
        .filter((pid) => fileOf(pid, "environ").split("\0").includes(setting))
        .map((pid) => `${pid} ${fileOf(pid, "cmdline").replaceAll("\0", " ")}`);
}

function pids(): number[] {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function parentOf(pid: number): number {
    // The name, in brackets, may hold anything.
    const [, , parent] = fileOf(pid, "stat").replace(/^.*\)/s, ")").split(" ");
    return Number(parent);
}

/** A file of a process; nothing when that has ended. */
function fileOf(pid: number, name: string): string {
    try {
        return readFileSync(`/proc/${pid}/${name}`, "utf8");
    } catch {
        return "";
    }
}
