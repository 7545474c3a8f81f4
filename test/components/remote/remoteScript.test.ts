import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { RemoteScript, type RemoteScriptArgs } from "../../../components/remote/remoteScript";
import { Script } from "../../../components/remote/script";
import { type MockPulumi, mockPulumi } from "../../support/mockPulumi";

const script = new Script("declare.sh", "kubectl.sh");

describe("RemoteScript", () => {
    let engine: MockPulumi;

    beforeEach(async () => {
        engine = await mockPulumi();
    });

    it("has command lines that say nothing of the script and its values", async () => {
        new RemoteScript("step", args({ onUpdate: "run", onDelete: "run" }), {});

        const { inputs } = await engine.resource("step");
        assert.equal(
            inputs.create,
            "base64 --decode | gunzip | sudo --non-interactive timeout --kill-after=10 300 bash -s -- create",
        );
        assert.equal(
            inputs.update,
            "base64 --decode | gunzip | sudo --non-interactive timeout --kill-after=10 300 bash -s -- update",
        );
        assert.equal(
            inputs.delete,
            "base64 --decode | gunzip | sudo --non-interactive timeout --kill-after=10 300 bash -s -- delete",
        );
    });

    it("reads its stdin and does nothing when an update is not to run", async () => {
        new RemoteScript("step", args({ onUpdate: "nothing" }), {});

        assert.equal((await engine.resource("step")).inputs.update, "cat >/dev/null");
    });

    it("does nothing when it goes, unless told", async () => {
        new RemoteScript("step", args(), {});

        assert.equal("delete" in (await engine.resource("step")).inputs, false);
    });

    it("sends the script and its values on stdin, as a secret", async () => {
        new RemoteScript("step", args(), {});

        const step = await engine.resource("step");
        assert.equal(step.inputs.stdin, script.render(values));
        assert.equal(step.isSecret("stdin"), true);
    });

    it("takes values that are known later", async () => {
        const kubeconfig = pulumi.secret("a secret");

        new RemoteScript("step", args({ values: { ...values, KUBECONFIG_TEXT: kubeconfig } }), {});

        const { stdin } = (await engine.resource("step")).inputs;
        assert.equal(stdin, script.render({ ...values, KUBECONFIG_TEXT: "a secret" }));
    });

    it("passes the pinned host key on", async () => {
        new RemoteScript("step", args(), {});

        assert.deepEqual((await engine.resource("step")).inputs.connection, {
            ...connection,
            // The defaults of @pulumi/command.
            port: 22,
            dialErrorLimit: 10,
            perDialTimeout: 15,
        });
    });

    it("is made anew, the old one deleted first, when its machine is another one", async () => {
        new RemoteScript("step", args({ identity: pulumi.output("container-1") }), {});

        const step = await engine.resource("step");
        assert.deepEqual(step.inputs.triggers, ["container-1"]);
        assert.equal(step.options.deleteBeforeReplace, true);
    });

    const anew: { title: string; given: Partial<RemoteScriptArgs>; expected: boolean }[] = [
        { title: "is made anew, so that it runs until it has ended well", given: {}, expected: true },
        { title: "does nothing, where it has nothing to do then", given: { onUpdate: "nothing" }, expected: false },
        { title: "is updated, where it has done nothing yet", given: { onCreate: "nothing" }, expected: false },
        { title: "is updated, where making it anew would undo it first", given: { onDelete: "run" }, expected: false },
    ];

    for (const { title, given, expected } of anew) {
        it(`with other values ${title}`, async () => {
            new RemoteScript("step", args({ surges: true, ...given }), {});

            const { options } = await engine.resource("step");
            assert.equal(options.replaceOnChanges.includes("stdin"), expected);
            assert.equal(options.deleteBeforeReplace, expected);
        });
    }

    it("runs again each time that the step runs that it follows", async () => {
        const other = new RemoteScript("other", args(), {});
        new RemoteScript("step", args({ identity: "container-1", follows: other }), {});

        assert.deepEqual((await engine.resource("step")).inputs.triggers, ["container-1", "other-id"]);
    });

    it("is about no machine, unless told", async () => {
        new RemoteScript("step", args(), {});

        assert.deepEqual((await engine.resource("step")).inputs.triggers, []);
    });

    it("does not send the output of its last run", async () => {
        new RemoteScript("step", args(), {});

        assert.equal((await engine.resource("step")).inputs.addPreviousOutputInEnv, false);
    });

    it("keeps the options that it is given", async () => {
        const other = new RemoteScript("other", args(), {});
        new RemoteScript("step", args(), { deletedWith: other, dependsOn: other });

        const { urn } = await engine.resource("other");
        const { options } = await engine.resource("step");
        assert.deepEqual([options.deletedWith, options.dependsOn], [urn, [urn]]);
    });

    it("fails at once, also in a preview, when a value is missing", () => {
        const { NODE } = values;

        assert.throws(() => new RemoteScript("step", args({ values: { NODE } }), {}), {
            message: "declare.sh needs a value for KUBECONFIG_TEXT, POOLS, PLACES",
        });
    });
});

const connection = { host: "10.0.0.5", user: "admin", privateKey: "key", hostKey: "ssh-ed25519 AAAA" };
const values = { NODE: "the cluster", POOLS: ["control-plane 3 1"], PLACES: [], KUBECONFIG_TEXT: "kind: Config" };

function args(given: Partial<RemoteScriptArgs> = {}): RemoteScriptArgs {
    return { connection, script, values, limitSeconds: 300, onUpdate: "run", ...given };
}
