import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mockPulumi, valueOf } from "./mockPulumi";

class Thing extends pulumi.CustomResource {
    declare readonly made: pulumi.Output<string>;

    constructor(name: string, inputs: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
        super("test:index:Thing", name, { made: undefined, ...inputs }, opts);
    }
}

class Group extends pulumi.ComponentResource {
    constructor(name: string) {
        super("test:index:Group", name, {});
        this.registerOutputs();
    }
}

describe("mockPulumi", () => {
    it("records what was registered, with parents and options", async () => {
        const engine = await mockPulumi();

        const group = new Group("group");
        const first = new Thing("first", { size: 3 }, { parent: group });
        new Thing(
            "second",
            {},
            {
                dependsOn: first,
                deletedWith: first,
                deleteBeforeReplace: true,
                ignoreChanges: ["size"],
                replacementTrigger: "first",
            },
        );

        const urn = "urn:pulumi:stack::project::test:index:Group$test:index:Thing::first";
        const names = (await engine.resources()).map(({ name }) => name);
        assert.deepEqual(names, ["first", "group", "second"]);
        assert.deepEqual((await engine.resource("first")).inputs, { size: 3 });
        assert.equal((await engine.resource("first")).urn, urn);
        assert.equal((await engine.resource("first")).parent, "urn:pulumi:stack::project::test:index:Group::group");
        assert.deepEqual((await engine.resource("second")).options, {
            dependsOn: [urn],
            deletedWith: urn,
            deleteBeforeReplace: true,
            additionalSecretOutputs: [],
            replaceOnChanges: [],
            ignoreChanges: ["size"],
            replacementTrigger: "first",
        });
    });

    it("opens secrets and knows where they were", async () => {
        const engine = await mockPulumi();

        new Thing("thing", { connection: { host: "h", key: pulumi.secret("k") }, all: pulumi.secret({ part: 1 }) });

        const thing = await engine.resource("thing");
        assert.deepEqual(thing.inputs, { connection: { host: "h", key: "k" }, all: { part: 1 } });
        assert.equal(thing.isSecret("connection.key"), true);
        assert.equal(thing.isSecret("connection.host"), false);
        assert.equal(thing.isSecret("all.part"), true);
        assert.throws(() => thing.isSecret("connection.port"), /there is no input port/);
    });

    it("gives the outputs that the test says", async () => {
        await mockPulumi({ outputs: ({ name }) => ({ made: `made ${name}` }) });

        assert.equal(await valueOf(new Thing("thing", {}).made), "made thing");
    });

    it("leaves other outputs unknown in a preview", async () => {
        await mockPulumi({ preview: true });
        let ran = false;

        await valueOf(new Thing("thing", {}).made.apply(() => (ran = true)));

        assert.equal(ran, false);
    });

    it("passes on a failure in the program", async () => {
        await mockPulumi();

        const failing = pulumi.output("value").apply(() => {
            throw new Error("no such value");
        });

        await assert.rejects(valueOf(failing), /no such value/);
    });

    it("passes on a failure in the test's own outputs", async () => {
        const engine = await mockPulumi({
            outputs: () => {
                throw new Error("no such mock");
            },
        });

        const thing = new Thing("thing", {});

        await assert.rejects(valueOf(thing.made), /no such mock/);
        await assert.rejects(engine.resources(), /no such mock/);
    });
});
