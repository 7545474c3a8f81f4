import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../support/command";
import { project } from "../support/cluster";
import { cluster } from "../support/shared";

const app = join(project, "examples", "app");

describe("the example of an app's stack", () => {
    before(() => cluster.isStarted());

    it("reads the outputs of the cluster's stack", async () => {
        const folder = join(cluster.folder, "app");
        mkdirSync(folder, { recursive: true });
        const environment = cluster.backendEnvironment();
        const pulumi = (...args: string[]): Promise<string> =>
            run("pulumi", ["--cwd", app, "--config-file", join(folder, "Pulumi.app.yaml"), ...args], { environment });
        await pulumi("stack", "init", "app");
        await pulumi("config", "set", "cluster", `organization/pulumi-kubeadm/${cluster.stack}`);

        await pulumi("up", "--yes", "--skip-preview");

        const outputs: unknown = JSON.parse(await pulumi("stack", "output", "--json"));
        assert.deepEqual(outputs, {
            apiServer: "https://172.31.240.5:6443",
            kubeconfig: "[secret]",
            workers: ["worker-1", "worker-2"],
        });
        await pulumi("destroy", "--yes", "--skip-preview");
        await pulumi("stack", "rm", "--yes");
    });
});
