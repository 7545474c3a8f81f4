import { parseArgs } from "node:util";
import type { Limits } from "./rules/rule";

/** What the command line asks for. */
export interface Options extends Limits {
    /** Whether to print JSON instead of tables. */
    readonly isJson: boolean;
    /** Whether there is no way from this computer to the API, as status.sh found out. */
    readonly isCutOff: boolean;
    readonly isHelp: boolean;
}

export const help = `npm run status -- [--json] [--certificate-days N]

Asks the machines and the API of the stack's cluster, prints what they are, and writes .state/<stack>/status.html.

  --json                prints all of it as JSON; say "npm run --silent status -- --json", so that npm prints nothing
  --certificate-days N  a certificate with fewer days left is wrong; 30 unless it is given

Exit codes: 0 healthy, 1 something is wrong, 2 nothing is known to be wrong and something could not be learnt.
`;

/** Reads the command line. Throws for what it does not know. */
export function readOptions(args: readonly string[]): Options {
    const { values } = parseArgs({
        args: [...args],
        options: {
            json: { type: "boolean", default: false },
            "cut-off": { type: "boolean", default: false },
            help: { type: "boolean", default: false },
            "certificate-days": { type: "string", default: "30" },
        },
    });
    const days = values["certificate-days"];
    if (!/^\d{1,4}$/.test(days)) {
        throw new Error(`--certificate-days is ${days}; it must be a whole number of days, for example 30`);
    }
    return { isJson: values.json, isCutOff: values["cut-off"], isHelp: values.help, certificateDays: Number(days) };
}
