import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { accessOf, askApi, endOfAccess } from "./askApi";
import { askMachine } from "./askMachine";
import { describedBy, type DescribedMachine, kubeconfigOf } from "./described";
import { exitCodes } from "./finding";
import { inParallel } from "./inParallel";
import type { Learnt } from "./learnt";
import { help, readOptions } from "./options";
import { page } from "./page/page";
import type { MachineReport } from "./report";
import { type Status, statusOf } from "./status";
import { text } from "./text";

/** Machines that are asked at the same time. */
const machinesAtOnce = 24;
const project = join(__dirname, "..");

/** Takes the stack's name, then options, and the stack's outputs with secrets on its stdin. */
async function main([stack = "", ...args]: readonly string[]): Promise<number> {
    const options = readOptions(args);
    if (options.isHelp) {
        process.stdout.write(help);
        return exitCodes.healthy;
    }
    const outputs = parseOutputs(await readAll(process.stdin));
    const described = describedBy(outputs);
    const access = accessOf(kubeconfigOf(outputs));
    const { isCutOff } = options;
    const answer = isCutOff ? { problem: "there is no way to it from here; see above" } : askApi(access);
    const [api, machines] = await Promise.all([answer, askAll(described.machines)]);
    const seen = { at: new Date(), machines, api, isCutOff, kubeconfigEnd: endOfAccess(access) };
    return show(statusOf(stack, described, seen, options), options.isJson);
}

function parseOutputs(text: string): unknown {
    if (text === "") {
        throw new Error("the stack's outputs could not be read; see above, or run npm start if there is no cluster");
    }
    return JSON.parse(text);
}

async function askAll(machines: readonly DescribedMachine[]): Promise<Map<string, Learnt<MachineReport>>> {
    return new Map(
        await inParallel(machines, machinesAtOnce, async (machine) => [
            machine.name,
            await askMachine(machine, project),
        ]),
    );
}

function show(status: Status, isJson: boolean): number {
    const file = join(".state", status.stack, "status.html");
    process.stdout.write(isJson ? `${JSON.stringify(status, undefined, 2)}\n` : `${text(status)}\npage: ${file}\n`);
    writeFileSync(join(project, file), page(status), { mode: 0o600 });
    return status.exitCode;
}

main(process.argv.slice(2)).then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = exitCodes.unknown;
    },
);
