import assert from "node:assert/strict";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import program from "../../index";
import { snapshot, snapshotFile } from "../support/snapshot";
import { AwsStacks } from "./support/awsStacks";
import { requireEngine } from "./support/requireEngine";

const nodes = ["control-plane-1", "control-plane-2", "control-plane-3", "worker-1"];

describe("a cluster on platform aws under the real engine, with a stand-in for AWS and its machines", function () {
    this.timeout(600000);
    let stacks: AwsStacks;
    let stack: Stack;

    before(async function () {
        requireEngine(this);
        stacks = new AwsStacks(["aws", "command"]);
        stack = await stacks.make("surge", "staging", program);
        await set("workerNodes", "1");
        await stack.up();
    });

    after(() => {
        stacks.remove();
    });

    it("has nothing to do a second time", async () => {
        await stack.up({ expectNoChanges: true });
    });

    it("shows of a control plane that is replaced that the other machine comes before it goes, and of no other node a step", async () => {
        await set("replace", ["control-plane-1"]);
        const steps = await previewed();

        assert.deepEqual(
            steps.filter((step) => !step.includes("control-plane-1")),
            [],
        );
        assert.deepEqual(
            steps.filter((step) => step.endsWith(" Instance machines-control-plane-1")),
            ["create-replacement", "replace", "delete-replaced"].map((op) => `${op} Instance machines-control-plane-1`),
        );
    });

    it("makes another control plane a member before it evicts the one in its place, and that one's machine goes last", async () => {
        const log = await stacks.up(stack);

        assert.deepEqual(
            log.filter((line) => !line.includes("control-plane-1")),
            [],
        );
        inOrder(log, [
            "make Instance machines-control-plane-1",
            "make TargetGroupAttachment machines-api-control-plane-1",
            "make Command control-plane-1-admit",
            "make Command control-plane-1-join",
            "make Command control-plane-1-membership",
            "end Command control-plane-1-admit",
            "end TargetGroupAttachment machines-api-control-plane-1",
            "end Instance machines-control-plane-1",
        ]);
        await stack.up({ expectNoChanges: true });
    });

    it("has all others as members before it evicts any, where all nodes are replaced", async () => {
        // The engine is not told by a stand-in that the type is what changed; it sees the other image.
        stacks.publish("ami-2");
        await set("awsMachines", { "control-plane": { type: "m7g.large" }, worker: { type: "m7g.large" } });

        const log = await stacks.up(stack);

        const made = nodes.map((name) => at(log, `make Command ${name}-membership`));
        const evicted = nodes.map((name) => at(log, `end Command ${name}-admit`));
        const ended = nodes.map((name) => at(log, `end Instance machines-${name}`));
        assert.ok(Math.max(...made) < Math.min(...evicted));
        assert.ok(Math.max(...evicted) < Math.min(...ended));
    });

    it("goes on after it was killed in the middle, and evicts when the others are members", async () => {
        await set("replace", ["control-plane-2", "worker-1"]);
        const before = await stacks.upAndKill(stack, "make Command control-plane-2-join");

        const log = await stacks.up(stack);

        assert.ok(before.includes("make Instance machines-control-plane-2"));
        assert.deepEqual([...before, ...log].filter((line) => line.startsWith("make Instance")).sort(), [
            "make Instance machines-control-plane-2",
            "make Instance machines-worker-1",
        ]);
        inOrder(log, [
            "make Command control-plane-2-join",
            "make Command control-plane-2-membership",
            "end Command control-plane-2-admit",
            "end Instance machines-control-plane-2",
        ]);
        inOrder([...before, ...log], ["make Command worker-1-membership", "end Command worker-1-admit"]);
        assert.deepEqual(evictionsIn(before), []);
        await stack.up({ expectNoChanges: true });
    });

    it("goes on after it was killed while it evicted", async () => {
        await set("replace", ["control-plane-3"]);
        const log = await stacks.upAndKill(stack, "end Command control-plane-3-admit");

        assert.ok(log.includes("make Command control-plane-3-membership"));
        // The update that admitted the new machine was not completed: it is asked whether it is a node by now.
        assert.deepEqual(
            (await stacks.up(stack)).filter((line) => /Instance|-admit$/.test(line)),
            [
                "change Command control-plane-3-admit",
                "end Command control-plane-3-admit",
                "end Instance machines-control-plane-3",
            ],
        );
    });

    it("evicts both when a change that was interrupted is taken back", async () => {
        await set("replace", ["control-plane-1"]);
        await stacks.upAndKill(stack, "make Command control-plane-1-join");
        await set("replace", []);

        const log = await stacks.up(stack);

        inOrder(log, [
            "make Instance machines-control-plane-1",
            "make Command control-plane-1-membership",
            "end Command control-plane-1-admit",
            "end Instance machines-control-plane-1",
        ]);
        for (const line of ["end Command control-plane-1-admit", "end Instance machines-control-plane-1"]) {
            assert.equal(log.filter((each) => each === line).length, 2, line);
        }
        await stack.up({ expectNoChanges: true });
    });

    it("ends all machines before a restore makes others, those of a change that was interrupted too, and evicts nobody", async () => {
        await set("replace", ["control-plane-1"]);
        await stacks.upAndKill(stack, "make Command control-plane-1-join");
        await set("restoreFrom", snapshotFile(snapshot()));

        const log = await stacks.up(stack);

        const made = nodes.map((name) => at(log, `make Instance machines-${name}`));
        const ended = nodes.map((name) => log.lastIndexOf(`end Instance machines-${name}`));
        assert.equal(log.filter((line) => line === "end Instance machines-control-plane-1").length, 2);
        assert.equal(
            nodes.every((_, index) => (ended[index] ?? 0) < (made[index] ?? 0)),
            true,
        );
        assert.ok(Math.max(...ended) < at(log, "make Command surge-init"));
        assert.deepEqual(evictionsIn(log), []);
        await stack.up({ expectNoChanges: true });
    });

    for (const moment of [
        "end Command control-plane-2-join",
        "make Instance machines-worker-1",
        "make Command surge-init",
        "make Command control-plane-3-join",
    ]) {
        it(`evicts nobody when it goes on with a restore that was killed at: ${moment}`, async () => {
            await set("restoreFrom", snapshotFile(snapshot()));
            const before = await stacks.upAndKill(stack, moment);

            const log = await stacks.up(stack);

            assert.deepEqual(evictionsIn([...before, ...log]), []);
            // What an engine makes in its last moment is not in its state, and is made again.
            assert.deepEqual(
                [...new Set([...before, ...log])].filter((line) => line.startsWith("make Instance")).sort(),
                nodes.map((name) => `make Instance machines-${name}`),
            );
            await stack.up({ expectNoChanges: true });
        });
    }

    it("evicts as before when it was restored", async () => {
        await set("replace", ["worker-1"]);

        assert.deepEqual(evictionsIn(await stacks.up(stack)), ["end Command worker-1-admit"]);
    });

    it("ends members of external etcd before other machines come in their places, and nobody else hears of it", async () => {
        const other = await stacks.make("etcd", "staging", program);
        const ofOther = (key: string, value: string): Promise<void> =>
            other.setConfig(`pulumi-kubeadm:${key}`, { value });
        await ofOther("etcd", "external");
        await ofOther("etcdNodes", "3");
        await ofOther("controlPlaneNodes", "1");
        await ofOther("workerNodes", "0");
        await other.up();
        await ofOther("replace", '["etcd-1","etcd-2"]');

        const log = await stacks.up(other);

        for (const member of ["etcd-1", "etcd-2"]) {
            inOrder(log, [
                `end Command ${member}-admit`,
                `end Instance machines-${member}`,
                `make Instance machines-${member}`,
                `make Command ${member}-join`,
            ]);
        }
        assert.deepEqual(
            log.filter((line) => line.includes(" NetworkInterface ") || !/ (machines-)?etcd-[12]\b/.test(line)),
            [],
        );
        await other.up({ expectNoChanges: true });
    });

    function set(key: string, value: unknown): Promise<void> {
        const text = typeof value === "string" ? value : JSON.stringify(value);
        return stack.setConfig(`pulumi-kubeadm:${key}`, { value: text });
    }

    /** Steps that a preview shows: "create-replacement Instance machines-control-plane-1". */
    async function previewed(): Promise<string[]> {
        const steps: string[] = [];
        const onEvent = ({ resourcePreEvent: event }: EngineEvent): void => {
            const { op, urn, type } = event?.metadata ?? { op: "same", urn: "", type: "" };
            if (op !== "same" && type !== "pulumi:pulumi:Stack") {
                steps.push(`${op} ${type.split(":").at(-1) ?? ""} ${urn.split("::").at(-1) ?? ""}`);
            }
        };
        await stack.preview({ onEvent });
        return steps;
    }
});

function inOrder(log: readonly string[], lines: readonly string[]): void {
    const found = lines.map((line) => at(log, line));
    assert.deepEqual(
        found,
        [...found].sort((one, other) => one - other),
        log.join("\n"),
    );
}

function evictionsIn(log: readonly string[]): string[] {
    return log.filter((line) => /^end Command .*-admit$/.test(line));
}

/** Where a line is in a log. */
function at(log: readonly string[], line: string): number {
    const index = log.indexOf(line);
    assert.notEqual(index, -1, `${line} is not in:\n${log.join("\n")}`);
    return index;
}
