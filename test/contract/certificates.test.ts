import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { Pki } from "../../components/pki";
import { requireEngine } from "./support/requireEngine";

const day = 24 * 3600 * 1000;

describe("certificates of the program's own, under the real engine and its tls plugin", function () {
    this.timeout(60000);
    const folder = mkdtempSync(join(tmpdir(), "certificates-"));
    let stack: Stack;

    before(async function () {
        requireEngine(this);
        const program = () => Promise.resolve(new Pki("pki", { etcd: "external", renewBeforeDays: 90 }));
        const envVars = {
            PULUMI_HOME: join(folder, "home"),
            PULUMI_BACKEND_URL: `file://${folder}`,
            PULUMI_CONFIG_PASSPHRASE: "test",
        };
        stack = await LocalWorkspace.createOrSelectStack(
            { stackName: "test", projectName: "test", program },
            { workDir: folder, envVars },
        );
        await stack.up();
    });

    after(() => {
        rmSync(folder, { recursive: true });
    });

    const ages = [
        { daysLeft: 365, due: [] },
        { daysLeft: 89, due: ["pki-etcd-client"] },
        { daysLeft: 29, due: ["pki-admin", "pki-etcd-client"] },
        { daysLeft: -100, due: ["pki-admin", "pki-etcd-client"] },
    ];

    ages.forEach(({ daysLeft, due }) => {
        it(`are made anew when due, without a refresh: ${String(due.length)} with ${String(daysLeft)} days left`, async () => {
            await age(daysLeft);

            assert.deepEqual(await replaced(), due);
        });
    });

    /** Has the state say that all certificates have so many days left. */
    async function age(daysLeft: number): Promise<void> {
        const state = await stack.exportStack();
        for (const { type, outputs } of resourcesOf(state.deployment)) {
            if (type === "tls:index/locallySignedCert:LocallySignedCert") {
                outputs.validityEndTime = new Date(Date.now() + daysLeft * day).toISOString();
            }
        }
        await stack.importStack(state);
    }

    /** The names of what an update makes another one of. */
    async function replaced(): Promise<string[]> {
        const names: string[] = [];
        await stack.up({
            onEvent: ({ resourcePreEvent }) => {
                if (resourcePreEvent?.metadata.op === "create-replacement") {
                    names.push(resourcePreEvent.metadata.urn.replace(/.*::/, ""));
                }
            },
        });
        return names.sort();
    }
});

/** The resources of a deployment that have outputs, to be changed in place. */
function resourcesOf(deployment: unknown) {
    const { resources } = deployment as { resources: { type: string; outputs?: Record<string, unknown> }[] };
    return resources.map(({ type, outputs = {} }) => ({ type, outputs }));
}
