import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { LocalScript, type LocalScriptArgs } from "../../../components/remote/localScript";
import { Script } from "../../../components/remote/script";
import { type MockPulumi, mockPulumi } from "../../support/mockPulumi";

const script = new Script("local-network.sh");

describe("LocalScript", () => {
    let engine: MockPulumi;

    beforeEach(async () => {
        engine = await mockPulumi();
    });

    it("makes and takes away with the same script, and changes nothing in between", async () => {
        new LocalScript("network", args(), {});

        const { inputs } = await engine.resource("network");
        assert.equal(inputs.create, "base64 --decode | gunzip | bash -s -- create");
        assert.equal(inputs.update, "cat >/dev/null");
        assert.equal(inputs.delete, "base64 --decode | gunzip | bash -s -- delete");
    });

    it("sends the script and its values on stdin, as a secret", async () => {
        new LocalScript("network", args(), {});

        const network = await engine.resource("network");
        assert.equal(network.inputs.stdin, script.render(values));
        assert.equal(network.isSecret("stdin"), true);
    });

    it("is made anew, the old one deleted first, when a trigger changes", async () => {
        new LocalScript("network", args({ triggers: [values.SUBNET, pulumi.output("later")] }), {});

        const network = await engine.resource("network");
        assert.deepEqual(network.inputs.triggers, ["10.0.0.0/24", "later"]);
        assert.equal(network.options.deleteBeforeReplace, true);
    });

    it("keeps its output when anything else changes", async () => {
        new LocalScript("network", args(), {});

        const { options } = await engine.resource("network");
        assert.deepEqual(options.ignoreChanges, ["create", "update", "delete", "stdin"]);
    });

    it("logs no output: the identity that it prints is data", async () => {
        new LocalScript("network", args(), {});

        assert.equal((await engine.resource("network")).inputs.logging, "stderr");
    });

    it("fails at once, also in a preview, when a value is unknown to the script", () => {
        assert.throws(() => new LocalScript("network", args({ values: { ...values, GATEWAY: "10.0.0.1" } }), {}), {
            message: "local-network.sh does not declare GATEWAY",
        });
    });
});

const values = { NODE: "dev", NETWORK: "dev", SUBNET: "10.0.0.0/24", CLUSTER: "dev" };

function args(given: Partial<LocalScriptArgs> = {}): LocalScriptArgs {
    return { script, values, triggers: [values.SUBNET], ...given };
}
