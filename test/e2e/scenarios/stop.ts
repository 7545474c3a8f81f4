import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { project } from "../support/cluster";
import { run } from "../support/command";
import { processesWith } from "../support/processes";
import { cluster } from "../support/shared";

describe("npm stop", () => {
    let volumesOfMachines: string[];
    let networksOfMachines: string[];
    let strayBefore: boolean[];

    before(async () => {
        await cluster.isStarted();
        strayBefore = stray().map(existsSync);
        const containers = (await cluster.machines()).map((machine) => cluster.container(machine));
        volumesOfMachines = await inspect("{{range .Mounts}}{{println .Name}}{{end}}", containers);
        assert.ok(volumesOfMachines.length >= containers.length);
        networksOfMachines = await inspect(
            "{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}",
            containers,
        );
        assert.ok(networksOfMachines.length >= containers.length);

        await cluster.stop();
        await startDocker();
    });

    it("leaves no container", async () => {
        assert.deepEqual(await cluster.machines(), []);
    });

    it("leaves no network", async () => {
        const networks = words(await run("docker", ["network", "ls", "--format", "{{.Name}}"]));

        assert.deepEqual(
            networksOfMachines.filter((name) => networks.includes(name)),
            [],
        );
    });

    it("leaves no volume", async () => {
        const volumes = words(await run("docker", ["volume", "ls", "--quiet"]));

        assert.deepEqual(
            volumesOfMachines.filter((name) => volumes.includes(name)),
            [],
        );
    });

    it("leaves no process", () => {
        assert.deepEqual(processesWith(`PULUMI_STACK=${cluster.stack}`), []);
    });

    it("leaves no file outside the cache", () => {
        assert.ok(!existsSync(cluster.folder), `${cluster.folder} is still there`);
        assert.deepEqual(stray().map(existsSync), strayBefore);
    });
});

async function inspect(template: string, containers: readonly string[]): Promise<string[]> {
    return words(await run("docker", ["inspect", "--format", template, ...containers]));
}

/** A daemon that `npm start` started ends with the last container; it has to run to be asked what it still holds. */
async function startDocker(): Promise<void> {
    await run("bash", ["-o", "errexit", "-c", "source scripts/prepare.sh; ensure_docker"], { folder: project });
}

/** Where pulumi and kubectl write unless they are told where. */
function stray(): string[] {
    return [".pulumi", ".kube", ".ssh/known_hosts"].map((name) => join(homedir(), name));
}

function words(text: string): string[] {
    return text.split(/\s+/).filter(Boolean);
}
