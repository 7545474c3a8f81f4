import assert from "node:assert/strict";
import { change, isSettled } from "../../support/change";
import { cluster } from "./shared";

describe("a worker that is taken out by its name", () => {
    before(async () => {
        await cluster.isStarted();
        cluster.configure({ workerNodes: 3 });
        await cluster.start().succeeds();
        await cluster.kubectl(["apply", "--filename", "-"], await keptPod());
        await cluster.kubectl(["rollout", "status", "deployment/kept", "--timeout", "120s"]);
    });

    after(async () => {
        await cluster.kubectl(["delete", "deployment,poddisruptionbudget", "kept", "--ignore-not-found"]);
    });

    it("stays while a disruption budget keeps a pod on it, and the failure names both", async () => {
        cluster.configure({ withoutNodes: ["worker-1"] });

        const output = await cluster.start().fails();

        assert.match(output, /FAILED {2}worker-1, while: draining it/);
        assert.match(output, /pod default\/kept-\S+ is kept by the disruption budget kept, which needs 1 healthy/);
        const path = "jsonpath={.spec.unschedulable}";
        assert.equal(await cluster.kubectl(["get", "node", "worker-1", "--output", path]), "");
    });

    it("leaves with the next up when the budget allows it", async () => {
        const budget = ["poddisruptionbudget", "kept", "--type", "merge"];
        await cluster.kubectl(["patch", ...budget, "--patch", '{"spec":{"minAvailable":0}}']);

        await change(cluster, {}, { machines: ["worker-1"] });

        assert.ok(!(await cluster.machines()).includes("worker-1"));
        assert.deepEqual(
            (await cluster.readyNodes()).filter((name) => name.startsWith("worker-")),
            ["worker-2", "worker-3"],
        );
    });

    it("comes back when the name is taken off the list", async () => {
        await change(cluster, { withoutNodes: [] }, { machines: ["worker-1"], clusterSteps: ["declare"] });

        await isSettled(cluster);
    });
});

/** A pod that only fits on worker-1, and a budget that keeps it there. */
async function keptPod(): Promise<unknown> {
    const image = await cluster.imageWithShell();
    const metadata = { name: "kept", labels: { app: "kept" } };
    const selector = { matchLabels: metadata.labels };
    const spec = {
        nodeSelector: { "kubernetes.io/hostname": "worker-1" },
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "kept", image, command: ["/bin/busybox", "sleep", "86400"] }],
    };
    return {
        apiVersion: "v1",
        kind: "List",
        items: [
            { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { selector, template: { metadata, spec } } },
            { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec: { selector, minAvailable: 1 } },
        ],
    };
}
