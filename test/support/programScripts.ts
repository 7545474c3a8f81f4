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
    return sources.flatMap((file) => filesIn(readFileSync(file, "utf8")));
}

/** Those of one source, scripts that have more parts than another one first. */
function filesIn(source: string): string[][] {
    const named = [...source.matchAll(/(?:(\w+) = )?new Script\((\s*"[^)]*)\)/g)].map(
        ([, name, list = ""]) => [name, texts(list)] as const,
    );
    const extended = [...source.matchAll(/(\w+)\.with\(([^)]*)\)/g)].flatMap(([, base, list = ""]) =>
        named.filter(([name]) => name === base).map(([, files]) => [...files, ...texts(list)]),
    );
    return [...extended, ...named.map(([, files]) => files)];
}

function texts(list: string): string[] {
    return [...list.matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text);
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
