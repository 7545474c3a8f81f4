import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../config";
import { configKeys } from "../config/keys";

interface Schema {
    readonly config: Readonly<Record<string, { readonly description: string; readonly default: unknown }>>;
}

// Read as this project writes it; a key that is missing makes a test fail.
const schema = parse(textOf("Pulumi.yaml")) as Schema;
const rows = textOf("docs/configuration.md")
    .split("\n")
    .filter((line) => /^\| `/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the configuration's schema", () => {
    it("has the keys of ClusterConfig", () => {
        assert.deepEqual(Object.keys(schema.config), configKeys);
    });

    it("has the defaults of config/defaults.ts", () => {
        const defaults = Object.entries(schema.config).map(([key, each]): [string, string] => [
            key,
            asText(each.default),
        ]);

        assert.deepEqual(parseConfig("dev", Object.fromEntries(defaults)), parseConfig("dev", {}));
    });

    it("describes each key with an example", () => {
        const without = Object.entries(schema.config).filter(([, each]) => !each.description.includes("for example"));

        assert.deepEqual(without, []);
    });

    it("is the table of docs/configuration.md", () => {
        assert.deepEqual(
            rows.map((cells) => cells[1]),
            configKeys.map((key) => `\`${key}\``),
        );
    });
});

describe("Pulumi.dev.yaml", () => {
    it("is a cluster of 3 control planes and 2 workers on this computer", () => {
        const stack = parse(textOf("Pulumi.dev.yaml")) as { readonly config: Readonly<Record<string, unknown>> };
        const texts = Object.entries(stack.config).map(([key, value]): [string, string] => [
            key.replace("pulumi-kubeadm:", ""),
            asText(value),
        ]);

        assert.deepEqual(parseConfig("dev", Object.fromEntries(texts)), parseConfig("dev", {}));
    });
});

function textOf(file: string): string {
    return readFileSync(join(__dirname, "..", file), "utf8");
}

/** A value as Pulumi hands it to the program. */
function asText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
