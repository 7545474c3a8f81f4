import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import program from "../index";
import { clusterOutputs } from "./support/clusterOutputs";
import type { ClusterFacts } from "../changes/clusterFacts";
import { type MockPulumi, mockPulumi, valueOf } from "./support/mockPulumi";
import { snapshot, snapshotFile } from "./support/snapshot";

describe("the program", () => {
    const { stackTraceLimit } = Error;

    afterEach(() => {
        pulumi.runtime.setAllConfig({});
        Error.stackTraceLimit = stackTraceLimit;
    });

    it("keeps no stack traces, unless Node is told to", async () => {
        await stack({ controlPlaneNodes: "1" });

        const limits = [];
        for (const given of [10, 20]) {
            Error.stackTraceLimit = given;
            await program();
            limits.push(Error.stackTraceLimit);
        }

        assert.deepEqual(limits, [0, 20]);
    });

    it("ends when nobody reads what it says, as when its engine was killed", async () => {
        const text = `require("./index"); process.on("uncaughtException", console.error); setInterval(console.error, 50)`;
        const child = spawn(process.execPath, ["--import=tsx", "--eval", text], {
            cwd: join(__dirname, ".."),
            stdio: ["ignore", "ignore", "pipe"],
            timeout: 20_000,
        });
        child.stderr.once("data", () => child.stderr.destroy());

        assert.deepEqual(await once(child, "exit"), [1, null]);
    });

    it("gives the outputs that people and other stacks use", async () => {
        await stack({ controlPlaneNodes: "1" });

        const outputs = await program();

        assert.deepEqual(Object.keys(outputs).sort(), [
            "caCertHash",
            "caCertificate",
            "certificatesEnd",
            "controlPlaneEndpoint",
            "facts",
            "knownHosts",
            "kubeconfig",
            "loginKey",
            "nodes",
            "sshCommands",
        ]);
        assert.equal(await pulumi.isSecret(outputs.kubeconfig), true);
        assert.equal(await pulumi.isSecret(outputs.loginKey), true);
    });

    it("accepts the facts that it gave", async () => {
        await stack({ controlPlaneNodes: "1" });
        const facts = await lastFacts();

        await stack({ controlPlaneNodes: "1" }, { facts });

        await assert.doesNotReject(program());
    });

    it("remembers the day on which certificates were found to be due, and renews them for it", async () => {
        await stack({ controlPlaneNodes: "1" });
        const facts = await lastFacts();

        const certificatesEnd = { "control-plane-1": "2020-01-01" };
        const engine = await stack({ controlPlaneNodes: "1" }, { facts, certificatesEnd });
        const day = (await lastFacts()).renewals["control-plane-1"];

        const { inputs } = await engine.resource("control-plane-1-settle");
        assert.match(day ?? "", /^\d{4}-\d\d-\d\d$/);
        assert.ok(String(inputs.stdin).includes(`\nRENEWAL='${String(day)}'\n`));
    });

    it("admits nodes again until an update is completed, and then leaves it at that", async () => {
        const first = await stack({ controlPlaneNodes: "1" });
        const facts = await lastFacts();
        const again = await stack({ controlPlaneNodes: "1" });
        await lastFacts();
        const after = await stack({ controlPlaneNodes: "1" }, { facts });
        await lastFacts();

        const [admitted, admittedAgain, left] = await Promise.all([first, again, after].map(admissionOfWorker));
        assert.equal(admitted, facts.admissions?.["worker-1"]?.since);
        assert.notEqual(admittedAgain, admitted);
        assert.equal(left, admitted);
    });

    it("knows the nodes of the last update, which an update disturbs in turn", async () => {
        await stack({ controlPlaneNodes: "1" });
        const facts = await lastFacts();

        const engine = await stack({ controlPlaneNodes: "1" }, { facts });
        await program();

        const { options } = await engine.resource("worker-2-drain");
        assert.ok(options.dependsOn.some((urn) => urn.endsWith("::worker-1-membership")));
    });

    it("gives what is put into replace another machine, and not a second time", async () => {
        const replace = '["worker-1", "load-balancer"]';
        await stack({ controlPlaneNodes: "1" });
        const before = await lastFacts();

        await stack({ controlPlaneNodes: "1", replace }, { facts: before });
        const after = await lastFacts();
        await stack({ controlPlaneNodes: "1", replace }, { facts: after });
        const again = await lastFacts();

        assert.deepEqual([before.generations, after.generations], [{}, { "worker-1": 1, "load-balancer": 1 }]);
        assert.deepEqual(again, after);
    });

    it("restores a snapshot when its path is put into restoreFrom, and not a second time", async () => {
        const restoreFrom = snapshotFile(snapshot());
        await stack({ controlPlaneNodes: "1" });
        const before = await lastFacts();

        const restoring = await stack({ controlPlaneNodes: "1", restoreFrom }, { facts: before });
        const after = await lastFacts();
        const init = await initOf(restoring);
        rmSync(restoreFrom);
        const again = await stack({ controlPlaneNodes: "1", restoreFrom }, { facts: after });
        const sameFacts = await lastFacts();
        const sameInit = await initOf(again);
        await stack({ controlPlaneNodes: "1" }, { facts: after });
        const taken = await lastFacts();

        const { origin } = after.restore;
        assert.match(origin, /^1: \/.*etcd\.db, sha256 [0-9a-f]{12}$/);
        assert.deepEqual([init.triggers, sameInit.triggers], [[origin], [origin]]);
        assert.match(String(init.stdin), /^SNAPSHOT_CHECKSUM='[0-9a-f]{64}'$/m);
        assert.doesNotMatch(String(sameInit.stdin), /SNAPSHOT_CHECKSUM/);
        assert.deepEqual(sameFacts, after);
        assert.deepEqual(taken.restore, { ...after.restore, from: "" });
    });

    it("refuses a snapshot that is not whole before it registers anything", async () => {
        const engine = await stack({ controlPlaneNodes: "1", restoreFrom: "/nowhere/etcd.db" });

        await assert.rejects(
            program(),
            /^Error: this change has 1 problem:\n {2}restoreFrom: there is no file \/nowhere/,
        );
        assert.deepEqual(await engine.resources(), []);
    });

    it("remembers the hosts of machines whose names do not say them", async () => {
        await stack({ controlPlaneNodes: "1", workerPools: '{"gpu":{"count":1}}' });
        const facts = await lastFacts();

        const engine = await stack({ workerPools: '{"big":{"count":1},"gpu":{"count":1}}' }, { facts });
        const { hosts } = await lastFacts();

        assert.deepEqual(hosts, { "gpu-1": 40, "big-1": 41 });
        const machines = (await engine.resources()).filter(({ type }) => type.endsWith(":LocalMachine"));
        assert.equal(machines.find(({ name }) => name === "machines-gpu-1")?.inputs.address, "172.30.0.40");
    });

    it("refuses a change before it registers anything", async () => {
        await stack({ controlPlaneNodes: "1" });
        const facts = await lastFacts();

        const engine = await stack({ controlPlaneNodes: "1", podSubnet: "10.128.0.0/16" }, { facts });

        await assert.rejects(program(), /^Error: this change has 1 problem:\n {2}podSubnet/);
        assert.deepEqual(await engine.resources(), []);
    });

    it("refuses a configuration before it registers anything", async () => {
        const engine = await stack({ controlPlaneNodes: "2" });

        await assert.rejects(program(), /^Error: Pulumi\.stack\.yaml has 1 problem:\n {2}controlPlaneNodes: 2/);
        assert.deepEqual(await engine.resources(), []);
    });
});

async function initOf(engine: MockPulumi): Promise<Readonly<Record<string, unknown>>> {
    return (await engine.resource("stack-init")).inputs;
}

/** The time of the update that admitted worker-1. */
async function admissionOfWorker(engine: MockPulumi): Promise<string | undefined> {
    const { inputs } = await engine.resource("worker-1-admit");
    return /^ADMISSION='(.*)'$/m.exec(String(inputs.stdin))?.[1];
}

/** The facts that the program gives once all of its nodes are members. */
async function lastFacts(): Promise<ClusterFacts> {
    return valueOf((await program()).facts);
}

/** A stack with this configuration, whose last update gave these outputs. */
async function stack(config: Record<string, string>, outputs: Record<string, unknown> = {}): Promise<MockPulumi> {
    const engine = await mockPulumi({
        outputs: clusterOutputs,
        results: ({ token, inputs }) => {
            assert.equal(token, "pulumi:pulumi:readStackOutputs");
            assert.deepEqual(inputs, { name: "organization/project/stack" });
            return { outputs };
        },
    });
    const prefixed = Object.entries(config).map(([key, value]): [string, string] => [`project:${key}`, value]);
    pulumi.runtime.setAllConfig(Object.fromEntries(prefixed));
    return engine;
}
