import assert from "node:assert/strict";
import { type EngineRun, verbose } from "../support/cluster";
import { pause, waitFor } from "../support/command";
import { killTree } from "../support/processes";
import { cluster, nodes } from "../support/shared";

/** From creation's first step to its last: the step that is under way, and for how long. */
const moments = [
    { step: "machines-network", milliseconds: 100 },
    { step: "machines-control-plane-1", milliseconds: 300 },
    { step: "control-plane-2-prepare", milliseconds: 1500 },
    { step: "e2e-init", milliseconds: 1000 },
    { step: "e2e-init", milliseconds: 4000 },
    { step: "flannel-apply", milliseconds: 200 },
    { step: "control-plane-2-admit", milliseconds: 200 },
    { step: "control-plane-2-join", milliseconds: 3000 },
    { step: "control-plane-3-settle", milliseconds: 300 },
    { step: "control-plane-3-membership", milliseconds: 100 },
];

describe("a creation whose engine is killed ten times", () => {
    for (const [index, { step, milliseconds }] of moments.entries()) {
        it(`is killed ${milliseconds} ms into ${step}, for the ${index + 1}. time`, async () => {
            const creation = cluster.start(...verbose);

            await Promise.race([beginning(creation, step), creation.succeeds()]);
            await pause(milliseconds);
            killEngine();

            const { code, output } = await creation.finished;
            assert.notEqual(code, 0, `it came to its end without the step ${step}:\n${output}`);
        });
    }

    it("converges when it is left alone", async () => {
        await cluster.isStarted();

        assert.deepEqual(await cluster.readyNodes(), nodes);
    });

    it("has exactly three members of etcd", async () => {
        assert.deepEqual(await cluster.etcdMembers(), [
            "control-plane-1 started",
            "control-plane-2 started",
            "control-plane-3 started",
        ]);
    });

    it("leaves no token that admits a node, and no record of interrupted steps", async () => {
        assert.deepEqual(await admittingTokens(), []);
        assert.deepEqual(await interruptedSteps(), []);
    });
});

/** Names of the bootstrap tokens in the group that may join; the one that kubeadm init makes for a minute is in none. */
async function admittingTokens(): Promise<string[]> {
    const selector = ["--namespace", "kube-system", "--field-selector", "type=bootstrap.kubernetes.io/token"];
    const template = 'jsonpath={range .items[*]}{.metadata.name} {.data.auth-extra-groups}{"\\n"}{end}';
    const lines = await cluster.kubectl(["get", "secrets", ...selector, "--output", template]);
    const tokens = lines
        .trim()
        .split("\n")
        .map((line) => line.split(" "));
    return tokens.flatMap(([name, groups]) =>
        Buffer.from(groups ?? "", "base64").includes("default-node-token") ? [name ?? ""] : [],
    );
}

/** What the engine remembers of steps that it began and did not see end. */
async function interruptedSteps(): Promise<string[]> {
    // The form of `pulumi stack export`.
    const { deployment } = (await cluster.state()) as {
        deployment: { pending_operations?: { type: string; resource: { urn: string } }[] };
    };
    return (deployment.pending_operations ?? []).map(({ type, resource }) => `${type} ${resource.urn}`);
}

async function beginning(run: EngineRun, step: string): Promise<void> {
    await waitFor(`the step ${step} to begin`, 300, () => (run.events.began(step) ? true : undefined));
}

function killEngine(): void {
    const pid = cluster.enginePid();
    if (pid !== undefined) {
        killTree(pid);
    }
}
