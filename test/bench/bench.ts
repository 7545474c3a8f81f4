import { spawnSync } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** Seconds that each command took. */
interface Results {
    readonly plain: readonly number[];
    readonly pulumi: readonly number[];
    readonly secondUp: number;
    readonly preview: number;
    readonly addWorker: number;
    readonly destroy: number;
}

type Command = readonly [string, ...string[]];

const bench = __dirname;
const project = join(bench, "..", "..");
const [copy = "", ...flags] = process.argv.slice(2);
const pulumi = join(copy, "scripts", "pulumi.sh");
const up: Command = [pulumi, "up", "--yes", "--skip-preview", "--suppress-outputs"];
const destroy: Command = [pulumi, "destroy", "--yes", "--skip-preview"];

report(measure(readRounds()));

function readRounds(): number {
    const options = { rounds: { type: "string", default: "2" } } as const;
    const { rounds } = parseArgs({ args: flags, options, strict: false }).values;
    if (!/^[1-9]\d?$/.test(String(rounds))) {
        throw new Error(`--rounds is ${String(rounds)}; it must be a number from 1 to 99`);
    }
    return Number(rounds);
}

function measure(rounds: number): Results {
    const plainTimes: number[] = [];
    const pulumiTimes: number[] = [];
    for (let round = 1; round <= rounds; round++) {
        if (round > 1) {
            timed("destroy", destroy);
        }
        plainTimes.push(timed(`round ${round}: plain script`, [join(bench, "plain.sh"), "create"]));
        run([join(bench, "plain.sh"), "delete"]);
        pulumiTimes.push(timed(`round ${round}: pulumi up`, up, untilReady(2)));
    }
    const secondUp = timed("second up, nothing to change", up);
    const preview = timed("preview, nothing to change", [pulumi, "preview"]);
    run([pulumi, "config", "set", "workerNodes", "3"]);
    const addWorker = timed("one more worker", up, untilReady(3));
    return { plain: plainTimes, pulumi: pulumiTimes, secondUp, preview, addWorker, destroy: timed("destroy", destroy) };
}

function untilReady(workers: number): Command {
    const nodes = [...numbered("control-plane", 3), ...numbered("worker", workers)];
    return [join(bench, "wait-for-cluster.sh"), "pulumi-kubeadm-bench", ...nodes];
}

function numbered(role: string, count: number): string[] {
    return Array.from({ length: count }, (_, index) => `${role}-${index + 1}`);
}

/** Runs commands one after another, and returns the seconds from the first one's start to the last one's end. */
function timed(what: string, ...commands: readonly Command[]): number {
    const started = performance.now();
    commands.forEach(run);
    const seconds = (performance.now() - started) / 1000;
    console.error(`${what}: ${show(seconds)}`);
    return seconds;
}

/** What a command prints is shown only when it fails. */
function run([file, ...args]: Command): void {
    const log = join(copy, "bench.log");
    const output = openSync(log, "w");
    const { status } = spawnSync(file, args, { stdio: ["ignore", output, output] });
    if (status !== 0) {
        throw new Error(`${file} ${args.join(" ")} failed:\n${readFileSync(log, "utf8").slice(-8000)}`);
    }
}

function report(results: Results): void {
    const ratio = median(results.pulumi) / median(results.plain);
    const rows: [string, readonly number[]][] = [
        ["3+2 nodes Ready, DNS answers: plain script", results.plain],
        ["3+2 nodes Ready, DNS answers: `pulumi up`", results.pulumi],
        ["second `up`, nothing to change", [results.secondUp]],
        ["`preview`, nothing to change", [results.preview]],
        ["one more worker, Ready, DNS answers", [results.addWorker]],
        ["`destroy`", [results.destroy]],
    ];
    console.log("| what | median | runs |\n|---|---|---|");
    for (const [what, times] of rows) {
        console.log(`| ${what} | ${show(median(times))} | ${times.map(show).join(", ")} |`);
    }
    console.log(`\n\`pulumi up\` takes ${ratio.toFixed(2)} × the time of the plain script.`);

    const computer = { cpus: cpus().length, model: cpus()[0]?.model, memoryGiB: Math.round(totalmem() / 2 ** 30) };
    const content = { date: new Date().toISOString(), computer, ratio, seconds: results };
    writeFileSync(join(project, "bench.json"), `${JSON.stringify(content, undefined, 2)}\n`);
}

function show(seconds: number): string {
    return `${seconds.toFixed(1)} s`;
}

function median(times: readonly number[]): number {
    const sorted = [...times].sort((a, b) => a - b);
    const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
    const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
    return (lower + upper) / 2;
}
