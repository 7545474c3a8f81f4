import assert from "node:assert/strict";
import { isSettled, underTraffic } from "../../support/change";
import type { Settings } from "../../support/cluster";
import { run } from "../../support/command";
import { killed } from "../../support/interrupted";
import { cluster } from "./shared";

interface Joining {
    readonly node: string;
    readonly change: Settings;
    readonly step: string;
}

const cases: readonly Joining[] = [
    { node: "worker-4", change: { workerNodes: 4 }, step: "create worker-4-join" },
    {
        node: "control-plane-2",
        change: { replace: ["control-plane-2"] },
        step: "create-replacement control-plane-2-join",
    },
];

describe("an update that goes on when the token of a node has ended", () => {
    before(() => cluster.isStarted());

    for (const { node, change, step } of cases) {
        it(`admits ${node} again`, async () => {
            cluster.configure({ workerNodes: 3, replace: [] });
            await cluster.start().succeeds();
            const container = cluster.container(node);

            await underTraffic(cluster.api, 5, async () => {
                cluster.configure(change);
                // Nothing joins with the token while its machine stands still.
                await killed(cluster, [step, 0], () => run("docker", ["pause", container]));
                await endToken(node);
                await run("docker", ["unpause", container]);
                await cluster.start().succeeds();
            });

            await isSettled(cluster);
            assert.ok((await cluster.readyNodes()).includes(node));
            assert.deepEqual(await tokensOf(node), []);
        });
    }
});

/** What Kubernetes does an hour after the node was admitted. */
async function endToken(node: string): Promise<void> {
    const [token = ""] = await tokensOf(node);
    await cluster.kubectl(["--namespace", "kube-system", "delete", "secret", token]);
}

/** The Secrets of bootstrap tokens that a node was given. */
async function tokensOf(node: string): Promise<string[]> {
    const tokens = ["get", "secrets", "--field-selector", "type=bootstrap.kubernetes.io/token", "--output", "json"];
    const { items } = JSON.parse(await cluster.kubectl(["--namespace", "kube-system", ...tokens])) as {
        items: readonly { metadata: { name: string }; data: { description?: string } }[];
    };
    return items
        .filter(({ data }) => Buffer.from(data.description ?? "", "base64").toString() === node)
        .map(({ metadata }) => metadata.name);
}
