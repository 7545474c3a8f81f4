import { pause, run, waitFor } from "../support/command";
import { cluster } from "../support/shared";
import { answeredWithin, Traffic } from "../support/traffic";

const longestGapSeconds = 5;
const deadMilliseconds = 10_000;
/** A slow computer that all machines share takes as long to start an API server. */
const backWithinSeconds = 300;

describe("a control plane that dies", () => {
    before(() => cluster.isStarted());

    for (const machine of ["control-plane-1", "control-plane-2", "control-plane-3"]) {
        it(`is not missed, and rejoins by itself: ${machine}`, async () => {
            const traffic = await Traffic.start(cluster.api);
            await pause(1000);
            await run("docker", ["kill", cluster.container(machine)]);
            await pause(deadMilliseconds);
            const started = Date.now();
            await run("docker", ["start", cluster.container(machine)]);
            await serves(machine);
            await reports(machine, started);
            const back = (Date.now() - started) / 1000;

            console.log(`      ${answeredWithin(longestGapSeconds, await traffic.stop())}; back in ${back} s`);
        });
    }
});

/** Waits until the machine's own API server, and with it its member of etcd, is ready. */
async function serves(machine: string): Promise<void> {
    const template = 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}';
    const address = await cluster.kubectl(["get", "node", machine, "--output", template]);
    await waitFor(`the API server of ${machine}`, backWithinSeconds, () =>
        cluster.api.get("/readyz", `https://${address}:6443`),
    );
}

/** Waits until the machine's kubelet has renewed its lease since a time. */
async function reports(machine: string, since: number): Promise<void> {
    const lease = ["get", "lease", machine, "--namespace", "kube-node-lease", "--output", "jsonpath={.spec.renewTime}"];
    await waitFor(`the kubelet of ${machine}`, backWithinSeconds, async () =>
        Date.parse(await cluster.kubectl(lease)) > since ? true : undefined,
    );
}
