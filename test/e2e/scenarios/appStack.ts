import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../support/command";
import { project } from "../support/cluster";
import { cluster } from "../support/shared";

const app = join(project, "examples", "app");
const stack = "e2e";

describe("the example of an app's stack", () => {
    before(() => cluster.isStarted());

    after(async () => {
        await pulumi("stack", "rm", "--yes", "--force", stack);
    });

    it("reads the outputs of the cluster's stack", async () => {
        await pulumi("stack", "init", stack);
        await pulumi("config", "set", "cluster", `organization/pulumi-kubeadm/${cluster.stack}`);

        await pulumi("up", "--yes", "--skip-preview");

        const outputs: unknown = JSON.parse(await pulumi("stack", "output", "--json"));
        assert.deepEqual(outputs, {
            apiServer: "https://172.31.240.5:6443",
            kubeconfig: "[secret]",
            workers: ["worker-1", "worker-2"],
        });
    });
});

/** Pulumi itself, as the example's README says. */
function pulumi(...args: string[]): Promise<string> {
    return run("pulumi", args, { environment: cluster.backendEnvironment(), folder: app });
}
