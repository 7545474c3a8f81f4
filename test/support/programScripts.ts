import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "../../components/remote/script";

const components = join(__dirname, "../../components");

/** The folder of every script that runs on a machine. */
export const scriptsFolder = join(components, "scripts");

/** The files that each script of the program is made of, as the components' sources say: itself, then its parts. */
export function scriptFiles(): string[][] {
    const sources = readdirSync(components, { recursive: true, encoding: "utf8" }).filter((file) =>
        file.endsWith(".ts"),
    );
    return sources.flatMap((file) =>
        [...readFileSync(join(components, file), "utf8").matchAll(/new Script\(([^)]*)\)/g)].map(([, list = ""]) =>
            [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
        ),
    );
}

/** A script of the program, with the parts that the program gives it: `programScript("init")`. */
export function programScript(name: string): Script {
    const found = scriptFiles().find(([file]) => file === `${name}.sh`);
    const [file, ...parts] = found ?? [];
    if (file === undefined) {
        throw new Error(`no component uses ${name}.sh`);
    }
    return new Script(file, ...parts);
}
