import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scriptFiles, scriptsFolder } from "./support/programScripts";

/** Files with functions that scripts share; they run nothing by themselves. */
const parts = new Set(["prelude.sh", ...scriptFiles().flatMap(([, ...shared]) => shared)]);

describe("components/scripts", () => {
    readdirSync(scriptsFolder).forEach((file) => {
        const text = readFileSync(join(scriptsFolder, file), "utf8");
        const [shebang, sentence] = text.split("\n");

        it(`${file} begins with bash and a sentence`, () => {
            assert.equal(shebang, "#!/usr/bin/env bash");
            assert.match(sentence ?? "", /^# [a-zA-Z].*\.$/);
        });

        it(`${file} declares the values that it uses`, () => {
            const used = [...text.matchAll(/\$\{?#?([A-Z][A-Z0-9_]+)/g)].map(([, name = ""]) => name);

            assert.deepEqual(
                used.filter((name) => !declared(file).has(name)),
                [],
            );
        });
    });

    readdirSync(scriptsFolder)
        .filter((file) => !parts.has(file))
        .forEach((file) => {
            it(`${file} runs only when bash has read all of it, with nothing on its stdin`, () => {
                assert.ok(readFileSync(join(scriptsFolder, file), "utf8").endsWith('\nmain "$@" </dev/null\n'));
            });
        });
});

describe("the parts of a script", () => {
    scriptFiles().forEach(([file = "", ...shared]) => {
        it(`define no function of ${file} twice, with ${String(shared.length)} of them`, () => {
            const names = ["prelude.sh", ...shared, file].flatMap(functionsOf);

            assert.deepEqual(
                names.filter((name, index) => names.indexOf(name) !== index),
                [],
            );
        });
    });
});

function functionsOf(file: string): string[] {
    const text = readFileSync(join(scriptsFolder, file), "utf8");
    return [...text.matchAll(/^(\w+)\(\)/gm)].map(([, name = ""]) => name);
}

/** Names that bash and the environment assign, the prelude's `LAST_SEEN`, and those in the kubelet's own unit. */
const assigned =
    "BASH_COMMAND BASH_REMATCH SECONDS HOME XDG_CACHE_HOME PULUMI_KUBEADM_CACHE LAST_SEEN " +
    "AWS_EC2_METADATA_SERVICE_ENDPOINT AWS_ENDPOINT_URL_SSM AWS_ENDPOINT_URL_AUTO_SCALING DEBIAN_FRONTEND " +
    "KUBELET_KUBECONFIG_ARGS KUBELET_CONFIG_ARGS KUBELET_KUBEADM_ARGS";

/** Names that a script may use: those it declares, with all that it is rendered with, and those that are always there. */
function declared(file: string): ReadonlySet<string> {
    const rendered = scriptFiles().filter((files) => files.includes(file));
    const texts = ["prelude.sh", file, ...rendered.flat()].map((each) =>
        readFileSync(join(scriptsFolder, each), "utf8"),
    );
    const lines = texts.flatMap((text) => text.split("\n").filter((line) => line.startsWith(': "${')));
    const names = lines.flatMap((line) => [...line.matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map(([, name = ""]) => name));
    return new Set([...names, ...assigned.split(" ")]);
}
