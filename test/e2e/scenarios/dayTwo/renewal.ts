import assert from "node:assert/strict";
import { change, isSettled, isSilent } from "../../support/change";
import { cluster, endCertificates, shortenCertificate } from "./shared";

const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

describe("certificates that have all ended, so that no API server answers", () => {
    before(async () => {
        await endIn60Days(controlPlanes);
        // Makes the stack know when they end.
        cluster.configure({ schedulerExtraArgs: { v: "1" } });
        await cluster.start().succeeds();
        await Promise.all(controlPlanes.map(endCertificates));
        await isSilent(cluster);
    });

    after(forgetSettings);

    it("are renewed by the update that finds them due, with which the cluster is back", async () => {
        cluster.configure({ renewCertificatesBefore: 90 });

        // The operator's certificate is as old, and all that calls the API with it runs again.
        const output = await cluster.start("--replace", "**::*-pki-admin").succeeds();

        assert.match(output, /control-plane-3: renewing its certificates, which have ended/);
        await isSettled(cluster);
        const daysLeft = await Promise.all(controlPlanes.map(daysOf));
        assert.ok(Math.min(...daysLeft) > 300, String(daysLeft));
    });
});

describe("a certificate that ends in 60 days", () => {
    before(() => endIn60Days(["control-plane-2"]));

    after(forgetSettings);

    it("is seen by an update that is about something else, and named in the outputs", async () => {
        await change(cluster, { schedulerExtraArgs: { v: "1" } }, { machines: controlPlanes });

        const daysLeft = await daysOf("control-plane-2");
        assert.ok(daysLeft > 50 && daysLeft < 65, `${daysLeft} days are left`);
    });

    it("is renewed by the update that finds it due, and no other one is", async () => {
        const before = await serials();

        await change(cluster, { renewCertificatesBefore: 90 }, { machines: controlPlanes });

        const after = await serials();
        assert.deepEqual(
            controlPlanes.filter((machine) => before[machine] !== after[machine]),
            ["control-plane-2"],
        );
        assert.ok((await daysOf("control-plane-2")) > 300);
        assert.equal(await servedBy("control-plane-2"), after["control-plane-2"]);
    });
});

/** Gives these control planes certificates that end in 60 days, which is not yet soon. */
async function endIn60Days(machines: readonly string[]): Promise<void> {
    await cluster.isStarted();
    cluster.configure({ renewCertificatesBefore: 30 });
    await cluster.start().succeeds();
    await Promise.all(machines.map((machine) => shortenCertificate(machine, 60)));
}

function forgetSettings(): void {
    cluster.configure({ renewCertificatesBefore: undefined, schedulerExtraArgs: undefined });
}

/** How many days the stack says that the certificates of a control plane have left. */
async function daysOf(machine: string): Promise<number> {
    const ends = (await cluster.output("certificatesEnd")) as Readonly<Record<string, string>>;
    return (Date.parse(ends[machine] ?? "") - Date.now()) / (24 * 3600 * 1000);
}

async function serials(): Promise<Record<string, string>> {
    const read = "openssl x509 -noout -serial -in /etc/kubernetes/pki/apiserver.crt";
    const all = controlPlanes.map(async (machine) => [machine, await cluster.onMachine(machine, read)]);
    return Object.fromEntries(await Promise.all(all)) as Record<string, string>;
}

/** The serial number that the API server of a machine shows to who connects. */
function servedBy(machine: string): Promise<string> {
    const connect = "openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null";
    return cluster.onMachine(machine, `${connect} | openssl x509 -noout -serial`);
}
