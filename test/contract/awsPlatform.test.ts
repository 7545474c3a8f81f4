import assert from "node:assert/strict";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { createPlatform } from "../../components/platforms/createPlatform";
import { readConfig } from "../../config";
import program from "../../index";
import { neverRestored } from "../../changes/restores";
import { existingBastion } from "../support/awsOutputs";
import { newData } from "../support/firstUpdate";
import { AwsStacks } from "./support/awsStacks";
import { requireEngine } from "./support/requireEngine";

describe("platform aws under the real engine, with a stand-in for AWS", function () {
    this.timeout(300000);
    let stacks: AwsStacks;

    before(function () {
        requireEngine(this);
        stacks = new AwsStacks(["aws"]);
    });

    after(() => {
        stacks.remove();
    });

    ["staging", "production"].forEach((name) => {
        it(`previews the example stack ${name} with nothing to ask for, and shows no secret`, async () => {
            const stack = await stackOf(name, program);

            const { stdout, changeSummary } = await stack.preview({ color: "never", diff: true });

            assert.deepEqual(Object.keys(changeSummary), ["create"]);
            assert.match(stdout, /controlPlaneEndpoint: "api\.\w+\.internal:6443"/);
            assert.doesNotMatch(stdout, /PRIVATE KEY/);
        });
    });

    it("previews a cluster behind a bastion that is there, and shows no key", async () => {
        const stack = await stackOf("staging", program);
        const privateSubnets = ["subnet-1a", "subnet-1b", "subnet-1c"];
        await stack.setConfig("awsVpc", { value: JSON.stringify({ id: "vpc-1a", privateSubnets }) });
        await stack.setConfig("awsBastion", { value: JSON.stringify(existingBastion.awsBastion) });
        await stack.setConfig("awsBastionKey", { value: existingBastion.awsBastionKey, secret: true });

        const { stdout, changeSummary } = await stack.preview({ color: "never", diff: true });

        assert.deepEqual(Object.keys(changeSummary), ["create"]);
        assert.match(stdout, /referencedSecurityGroupId: "sg-0b1"/);
        assert.match(stdout, /command:remote:Command::machines-bastion\]/);
        assert.doesNotMatch(stdout, /PRIVATE KEY/);
        assert.doesNotMatch(stdout, /ec2\/eip/);
    });

    describe("that has made the machines of staging", () => {
        let generations: Record<string, number> = {};
        let stack: Stack;

        before(async () => {
            stack = await stackOf("machines", async () => {
                const records = { hosts: {}, generations, restore: neverRestored };
                const { knownHosts } = await createPlatform(readConfig(), records, newData());
                return { knownHosts };
            });
            await stack.up();
        });

        it("keeps no key in the state as it is", () => {
            const state = stacks.stateOf("machines");

            assert.ok(state.includes("machines-worker-1-user-data"));
            assert.equal(/PRIVATE KEY|ssh_keys/.test(state), false);
        });

        it("has nothing to do a second time", async () => {
            const { summary } = await stack.up({ expectNoChanges: true });

            assert.deepEqual(Object.keys(summary.resourceChanges ?? {}), ["same"]);
        });

        it("changes no machine when there is a newer image", async () => {
            stacks.publish("ami-2");

            assert.deepEqual(await stacks.up(stack), []);
        });

        it("makes another machine before the one that it replaces ends, with its place behind the load balancer", async () => {
            generations = { "control-plane-1": 1 };

            assert.deepEqual(await stacks.up(stack), [
                "make Instance machines-control-plane-1",
                "make TargetGroupAttachment machines-api-control-plane-1",
                "end TargetGroupAttachment machines-api-control-plane-1",
                "end Instance machines-control-plane-1",
            ]);
        });

        it("gives only the successor the newer image", async () => {
            const exported = await stack.exportStack();
            // Its type says any.
            const { resources } = exported.deployment as { resources: { urn: string; inputs?: { ami?: string } }[] };
            const images = resources.flatMap(({ urn, inputs }) =>
                inputs?.ami === undefined ? [] : [`${urn.split("::machines-")[1] ?? ""} ${inputs.ami}`],
            );

            assert.deepEqual(images.sort(), [
                "bastion ami-1",
                "control-plane-1 ami-2",
                "control-plane-2 ami-1",
                "control-plane-3 ami-1",
                "worker-1 ami-1",
                "worker-2 ami-1",
            ]);
        });

        it("makes another machine for another type of instance, instead of stopping all of a pool", async () => {
            await stack.setConfig("awsMachines", { value: '{"worker":{"type":"m7g.large"}}' });

            assert.deepEqual((await stacks.up(stack)).sort(), [
                "end Instance machines-worker-1",
                "end Instance machines-worker-2",
                "make Instance machines-worker-1",
                "make Instance machines-worker-2",
            ]);
        });
    });

    /** A stack of this program with the configuration of an example; "machines" has that of staging. */
    function stackOf(name: string, inline: PulumiFn): Promise<Stack> {
        return stacks.make(name, name === "machines" ? "staging" : name, inline);
    }
});
