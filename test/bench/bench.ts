import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ApiClient } from "../e2e/support/apiClient";
import { Traffic } from "../e2e/support/traffic";
import { type Command, Copy, show } from "./commands";

/** Seconds that each command took. */
interface Results {
    readonly plain: readonly number[];
    readonly pulumi: readonly number[];
    readonly secondUp: number;
    readonly preview: number;
    readonly addWorker: number;
    readonly changes: readonly Change[];
    readonly destroy: number;
}

/** A change of a running cluster, and what became of ten reads and ten writes a second meanwhile. */
interface Change {
    readonly what: string;
    readonly seconds: number;
    readonly calls: number;
    readonly failed: number;
    readonly longestGapSeconds: number;
}

const bench = __dirname;
const project = join(bench, "..", "..");
const [folder = "", stack = "", ...flags] = process.argv.slice(2);
const copy = new Copy(folder, stack);
const destroy: Command = [copy.pulumi, "destroy", "--yes", "--skip-preview"];

void main();

async function main(): Promise<void> {
    const { rounds, upgrade } = readFlags();
    report(await measure(rounds, upgrade));
}

function readFlags(): { rounds: number; upgrade: string | undefined } {
    const options = { rounds: { type: "string", default: "2" }, "upgrade-from": { type: "string" } } as const;
    const { rounds, "upgrade-from": upgrade } = parseArgs({ args: flags, options, strict: false }).values;
    if (!/^[1-9]\d?$/.test(String(rounds))) {
        throw new Error(`--rounds is ${String(rounds)}; it must be a number from 1 to 99`);
    }
    return { rounds: Number(rounds), upgrade: typeof upgrade === "string" ? upgrade : undefined };
}

async function measure(rounds: number, upgradeFrom: string | undefined): Promise<Results> {
    const plainTimes: number[] = [];
    const pulumiTimes: number[] = [];
    for (let round = 1; round <= rounds; round++) {
        if (round > 1) {
            await copy.timed("destroy", destroy);
        }
        plainTimes.push(await copy.timed(`round ${round}: plain script`, [join(bench, "plain.sh"), "create"]));
        await copy.run([join(bench, "plain.sh"), "delete"]);
        pulumiTimes.push(await copy.timed(`round ${round}: pulumi up`, copy.up, untilReady(2)));
    }
    const secondUp = await copy.timed("second up, nothing to change", copy.up);
    const preview = await copy.timed("preview, nothing to change", [copy.pulumi, "preview"]);
    copy.configure({ workerNodes: 3 });
    const addWorker = await copy.timed("one more worker", copy.up, untilReady(3));
    const changes = [
        await change("one flag of the API server", { apiServerExtraArgs: { "max-requests-inflight": "500" } }),
        await change("the first control plane replaced", { replace: ["control-plane-1"] }),
    ];
    const destroyed = await copy.timed("destroy", destroy);
    if (upgradeFrom !== undefined) {
        copy.configure({ kubernetesVersion: upgradeFrom, workerNodes: 2 });
        await copy.timed(`pulumi up with ${upgradeFrom}`, copy.up, untilReady(2));
        changes.push(await change(`3+2 upgraded from ${upgradeFrom}`, { kubernetesVersion: undefined }));
        await copy.run(destroy);
    }
    return { plain: plainTimes, pulumi: pulumiTimes, secondUp, preview, addWorker, changes, destroy: destroyed };
}

async function change(what: string, settings: Readonly<Record<string, unknown>>): Promise<Change> {
    const kubeconfig = join(folder, "kubeconfig");
    await copy.run([
        "bash",
        "-c",
        `umask 077; "$0" stack output kubeconfig --show-secrets >"$1"`,
        copy.pulumi,
        kubeconfig,
    ]);
    copy.configure(settings);
    const traffic = await Traffic.start(new ApiClient(kubeconfig));
    const seconds = await copy.timed(what, copy.up);
    const { reads, writes } = await traffic.stop();
    return {
        what,
        seconds,
        calls: reads.calls + writes.calls,
        failed: reads.failed + writes.failed,
        longestGapSeconds: Math.max(reads.longestGapSeconds, writes.longestGapSeconds),
    };
}

function untilReady(workers: number): Command {
    const nodes = [...numbered("control-plane", 3), ...numbered("worker", workers)];
    return [join(bench, "wait-for-cluster.sh"), "pulumi-kubeadm-bench", ...nodes];
}

function numbered(role: string, count: number): string[] {
    return Array.from({ length: count }, (_, index) => `${role}-${index + 1}`);
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
    console.log("\n| change | time | calls failed | longest time without an answer |\n|---|---|---|---|");
    for (const { what, seconds, calls, failed, longestGapSeconds } of results.changes) {
        console.log(`| ${what} | ${show(seconds)} | ${failed} of ${calls} | ${show(longestGapSeconds)} |`);
    }
    console.log(`\n\`pulumi up\` takes ${ratio.toFixed(2)} × the time of the plain script.`);

    const computer = { cpus: cpus().length, model: cpus()[0]?.model, memoryGiB: Math.round(totalmem() / 2 ** 30) };
    const content = { date: new Date().toISOString(), computer, ratio, seconds: results };
    writeFileSync(join(project, "bench.json"), `${JSON.stringify(content, undefined, 2)}\n`);
}

function median(times: readonly number[]): number {
    const sorted = [...times].sort((a, b) => a - b);
    const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
    const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
    return (lower + upper) / 2;
}
