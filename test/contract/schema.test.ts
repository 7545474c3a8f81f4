import assert from "node:assert/strict";
import { Plugin } from "./support/plugin";

interface Schema {
    readonly resources: Record<string, { readonly inputProperties: Record<string, Property> }>;
    readonly functions: Record<string, unknown>;
    readonly types: Record<
        string,
        { readonly properties?: Record<string, Property>; readonly enum?: { value: string }[] }
    >;
}

interface Property {
    readonly default?: unknown;
    readonly secret?: boolean;
    readonly replaceOnChanges?: boolean;
}

describe("the command plugin's schema", () => {
    let schema: Schema;

    before(async () => {
        const plugin = await Plugin.start();
        // The plugin's own description of itself.
        schema = (await plugin.schema()) as Schema;
        await plugin.stop();
    });

    it("has the resources that the npm SDK asks for", () => {
        const tokens = Object.keys(schema.resources);

        for (const token of ["command:local:Command", "command:remote:Command", "command:remote:CopyToRemote"]) {
            assert.ok(tokens.includes(token), token);
        }
    });

    it("has the function local.run", () => {
        assert.deepEqual(Object.keys(schema.functions), ["command:local:run"]);
    });

    it("gives connections and proxies the same defaults", () => {
        const expected = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };

        assert.deepEqual(defaultsOf(schema, "command:remote:Connection"), expected);
        assert.deepEqual(defaultsOf(schema, "command:remote:ProxyConnection"), expected);
    });

    it("marks what logs in to a machine as secret", () => {
        const expected = ["password", "privateKey", "privateKeyPassword"];

        assert.deepEqual(secretsOf(schema, "command:remote:Connection"), expected);
        assert.deepEqual(secretsOf(schema, "command:remote:ProxyConnection"), expected);
    });

    it("marks the whole connection of a resource as secret", () => {
        assert.equal(schema.resources["command:remote:Command"]?.inputProperties["connection"]?.secret, true);
        assert.equal(schema.resources["command:remote:CopyToRemote"]?.inputProperties["connection"]?.secret, true);
    });

    it("replaces a resource when its triggers change", () => {
        assert.equal(schema.resources["command:local:Command"]?.inputProperties["triggers"]?.replaceOnChanges, true);
        assert.equal(schema.resources["command:remote:Command"]?.inputProperties["triggers"]?.replaceOnChanges, true);
    });

    it("knows four kinds of logging", () => {
        const expected = ["stdout", "stderr", "stdoutAndStderr", "none"];

        assert.deepEqual(
            schema.types["command:local:Logging"]?.enum?.map(({ value }) => value),
            expected,
        );
        assert.deepEqual(
            schema.types["command:remote:Logging"]?.enum?.map(({ value }) => value),
            expected,
        );
    });
});

function propertiesOf(schema: Schema, type: string): [string, Property][] {
    return Object.entries(schema.types[type]?.properties ?? {});
}

function defaultsOf(schema: Schema, type: string): Record<string, unknown> {
    return Object.fromEntries(
        propertiesOf(schema, type).flatMap(([name, property]) =>
            property.default === undefined ? [] : [[name, property.default]],
        ),
    );
}

function secretsOf(schema: Schema, type: string): string[] {
    return propertiesOf(schema, type)
        .filter(([, property]) => property.secret === true)
        .map(([name]) => name)
        .sort();
}
