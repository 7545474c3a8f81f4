import assert from "node:assert/strict";
import { change } from "../../support/change";
import { cluster, shortenCertificate } from "./shared";

const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];

describe("a certificate that ends in 60 days", () => {
    before(async () => {
        await cluster.isStarted();
        cluster.configure({ renewCertificatesBefore: 30 });
        await cluster.start().succeeds();
        await shortenCertificate("control-plane-2", 60);
    });

    after(() => {
        cluster.configure({ renewCertificatesBefore: undefined, schedulerExtraArgs: undefined });
    });

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
