import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "../../components/remote/script";

const project = join(__dirname, "../..");

/** The folder of every script that runs on a machine. */
export const scriptsFolder = join(project, "components", "scripts");

/** The files that each script of the program is made of, as the sources say: itself, then its parts. */
export function scriptFiles(): string[][] {
    const sources = ["components", "status"].flatMap((folder) =>
        readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"))
            .map((file) => join(project, folder, file)),
    );
    return sources.flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(/new Script\(([^)]*)\)/g)].map(([, list = ""]) =>
            [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
        ),
    );
}

/**
 * A script of the program, with the parts that the program gives it: `programScript("init")`; of a script that the program
 * makes of more parts and of fewer, the first that lacks the part `without`: `programScript("join", "etcdctl")`.
 */
export function programScript(name: string, without?: string): Script {
    const found = scriptFiles().find(
        ([file, ...parts]) => file === `${name}.sh` && !parts.includes(`${without ?? ""}.sh`),
    );
    const [file, ...parts] = found ?? [];
    if (file === undefined) {
        throw new Error(`nothing uses ${name}.sh`);
    }
    return new Script(file, ...parts);
}
