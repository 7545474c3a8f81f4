import { Copy, show } from "./commands";
import { SimulatedMachines } from "./simulated/machines";

/** Seconds of an update without a change and of one with one more worker, and the machines that the latter contacted. */
interface Result {
    readonly workers: number;
    readonly secondUp: number;
    readonly addWorker: number;
    readonly contacted: readonly string[];
}

const [folder = "", stack = "", hostKeys = "", ...sizes] = process.argv.slice(2);
const copy = new Copy(folder, stack);

void main();

async function main(): Promise<void> {
    const machines = new SimulatedMachines(hostKeys);
    const results: Result[] = [];
    for (const workers of sizes.map(Number)) {
        results.push(await measure(workers, machines));
    }
    machines.stop();
    console.log("| workers | second `up` | one more worker | machines contacted for it |\n|---|---|---|---|");
    for (const { workers, secondUp, addWorker, contacted } of results) {
        console.log(`| ${workers} | ${show(secondUp)} | ${show(addWorker)} | ${contacted.join(", ")} |`);
    }
}

async function measure(workers: number, machines: SimulatedMachines): Promise<Result> {
    copy.configure({ workerNodes: workers });
    await copy.timed(`to ${workers} workers`, copy.up);
    const secondUp = await copy.timed("second up", copy.up);
    copy.configure({ workerNodes: workers + 1 });
    machines.contacted.clear();
    const addWorker = await copy.timed("one more worker", copy.up);
    return { workers, secondUp, addWorker, contacted: [...machines.contacted].sort() };
}
