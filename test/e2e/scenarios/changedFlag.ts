import assert from "node:assert/strict";
import { verbose } from "../support/cluster";
import { found, needlesOf } from "../support/secrets";
import { replacing } from "../support/events";
import { cluster } from "../support/shared";
import { answeredWithin, Traffic } from "../support/traffic";

const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];
const settles = controlPlanes.map((machine) => `${machine}-settle`);

describe("a changed flag of the API server", () => {
    before(async () => {
        await cluster.isStarted();
        cluster.configure({ apiServerExtraArgs: { "max-requests-inflight": "900" } });
    });

    it("shows in the preview as that field, once for each control plane, without a secret", async () => {
        const output = await cluster.pulumi("preview", "--diff").succeeds();

        assert.equal(output.match(/~ value: "800" => "900"/g)?.length, 3, output);
        const changed = [...output.matchAll(/^ *~ (\S+): \(update\)\n.*::(\S+)\]$/gm)];
        const nodesChanged = changed.filter(([, type]) => type === "kubeadm:index:Node").map(([, , name]) => name);
        assert.deepEqual(nodesChanged.sort(), controlPlanes);
        assert.deepEqual(found(output, needlesOf(await cluster.state())), []);
    });

    it("goes to one control plane after another while the API answers", async () => {
        const traffic = await Traffic.start(cluster.api);
        const change = cluster.start(...verbose);
        await change.succeeds();
        const answers = await traffic.stop();

        const ran = controlPlanes.flatMap((machine) => [`${machine}-settle`, `${machine}-membership`]);
        assert.deepEqual([...new Set(change.events.work())].sort(), ran.flatMap(replacing).sort());
        const steps = change.events
            .steps()
            .filter(({ op, name }) => op === "create-replacement" && settles.includes(name));
        assert.equal(steps.length, controlPlanes.length);
        steps.slice(1).forEach(({ began, name }, index) => {
            assert.ok(began > (steps[index]?.ended ?? Infinity), `${name} began before the one in front had ended`);
        });
        console.log(`      ${answeredWithin(5, answers)}`);
        for (const machine of controlPlanes) {
            assert.match(await runningApiServer(machine), /^--max-requests-inflight=900$/m, machine);
        }
    });

    it("is done: another up changes nothing", async () => {
        const again = cluster.pulumi("up");
        await again.succeeds();

        assert.deepEqual(again.events.work(), []);
    });
});

/** The arguments of the API server that runs on a machine, one a line. */
function runningApiServer(machine: string): Promise<string> {
    return cluster.onMachine(machine, "tr '\\0' '\\n' <\"/proc/$(pgrep --newest --exact kube-apiserver)/cmdline\"");
}
