import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { gzip, quote, Script, unpack, type Value } from "../../../components/remote/script";
import { scriptFiles, scriptsFolder } from "../../support/programScripts";

describe("quote", () => {
    it("gives bash the text byte for byte", () => {
        const text = fc.string({ unit: "binary" }).map((each) => each.replaceAll("\0", ""));
        const texts = fc.array(text, { minLength: 60, maxLength: 60 });

        fc.assert(
            fc.property(texts, (written) => {
                assert.deepEqual(readByBash(written.map(quote).join(" ")), written);
            }),
            { numRuns: 6 },
        );
    });

    it("leaves nothing for bash to do", () => {
        const written = ["it's", '"', "$(touch /tmp/x)", "`id`", String.raw`\n\'`, "a\nb", "; rm -rf /", "", "*", "ü"];

        assert.deepEqual(readByBash(written.map(quote).join(" ")), written);
    });

    it("refuses what bash cannot hold", () => {
        assert.throws(() => quote("a\0b"), {
            message: "a value for a script contains a NUL character, which bash cannot hold",
        });
    });
});

describe("Script", () => {
    const script = new Script("install-haproxy.sh");
    const values = { NODE: "lb", HAPROXY_CONFIG: "frontend", CA_CERTIFICATE: "PEM", CA_FILE: "/ca.crt" };

    it("is named as its file", () => {
        assert.equal(script.name, "install-haproxy");
    });

    it("names all values that are missing, the prelude's included", () => {
        assert.throws(
            () => {
                script.check(["CA_FILE"]);
            },
            { message: "install-haproxy.sh needs a value for NODE, HAPROXY_CONFIG, CA_CERTIFICATE" },
        );
    });

    it("names all values that it does not know", () => {
        assert.throws(
            () => {
                script.check([...Object.keys(values), "PORT", "COLOR"]);
            },
            { message: "install-haproxy.sh does not declare PORT, COLOR" },
        );
    });

    it("needs the values of its parts", () => {
        assert.throws(
            () => {
                new Script("install-kubectl.sh", "download.sh").check(["NODE"]);
            },
            { message: "install-kubectl.sh needs a value for MIRROR, DOWNLOADS" },
        );
    });

    it("is rendered with its values in front, and otherwise as it is", () => {
        const [node, config, ...rest] = script.render(values).split("\n");

        assert.equal(node, "NODE='lb'");
        assert.equal(config, "HAPROXY_CONFIG='frontend'");
        assert.ok(rest.join("\n").endsWith('main "$@" </dev/null\n'));
    });

    it("is packed for the command that unpacks it, always to the same bytes", () => {
        const unpacked = spawnSync("bash", ["-c", unpack], { input: script.pack(values), encoding: "utf8" });

        assert.equal(unpacked.stdout, script.render(values));
        assert.equal(
            Buffer.from(gzip("the same text\n")).toString("base64"),
            "H4sIAAAAAAACAyvJSFUoTsxNVShJrSjhAgA9jYFyDgAAAA==",
        );
    });

    it("is rendered without its comments, and with those of its values", () => {
        const values = { NODE: "one", MANIFEST: "# a comment\nkind: List", KUBECONFIG_TEXT: "c" };

        const text = new Script("apply-addon.sh", "kubectl.sh").render(values);

        assert.deepEqual(text.match(/^ *#.*$/gm), null);
        assert.match(text, /^MANIFEST='# a comment\nkind: List'$/m);
        assert.equal(spawnSync("bash", ["-n"], { input: text }).status, 0);
    });

    it("is not rendered without all of its values", () => {
        assert.throws(() => script.render({ NODE: "lb" }), /^Error: install-haproxy\.sh needs a value for/);
    });

    it("has numbers and booleans as text, and lists as arrays of any length", () => {
        const assignments = assignmentsOf({ IDENTITY: 3, ADDRESS: true, LABELS: ["a=it's", "b="], TAINTS: [] });

        assert.deepEqual(assignments, [
            "IDENTITY='3'",
            "ADDRESS='true'",
            String.raw`LABELS=('a=it'\''s' 'b=')`,
            "TAINTS=()",
        ]);
    });
});

describe("the scripts of the program", () => {
    scriptFiles().forEach(([file = "", ...parts]) => {
        it(`${file} is bash, with its parts and values`, () => {
            const script = new Script(file, ...parts);

            const check = spawnSync("bash", ["-n"], { input: script.render(someValues(script)), encoding: "utf8" });

            assert.equal(check.stderr, "");
            assert.equal(check.status, 0);
        });
    });

    it("are all files of the folder, with the command that backup.sh installs", () => {
        const used = new Set(["prelude.sh", "etcd-snapshot.sh", ...scriptFiles().flat()]);

        assert.deepEqual([...used].sort(), readdirSync(scriptsFolder).sort());
    });
});

function readByBash(words: string): string[] {
    const read = spawnSync("bash", ["-s"], { input: `printf '%s\\0' ${words}`, encoding: "utf8" });
    return words === "" ? [] : read.stdout.split("\0").slice(0, -1);
}

function assignmentsOf(values: Readonly<Record<string, Value>>): string[] {
    const script = new Script("membership.sh", "kubectl.sh", "evict.sh");
    const rendered = script.render({ ...someValues(script), ...values }).split("\n");
    return Object.keys(values).flatMap((name) => rendered.filter((line) => line.startsWith(`${name}=`)).slice(0, 1));
}

/** Something for every value that the script says it needs. */
function someValues(script: Script): Record<string, Value> {
    try {
        script.check([]);
    } catch (error) {
        const [, names = ""] = /needs a value for (.*)$/.exec(String(error)) ?? [];
        return Object.fromEntries(names.split(", ").map((name) => [name, "1"]));
    }
    return {};
}
