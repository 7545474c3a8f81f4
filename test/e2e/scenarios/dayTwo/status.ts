import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Status } from "../../../../status/status";
import { waitFor } from "../../support/command";
import { cluster, shortenCertificate } from "./shared";

const manifests = "/etc/kubernetes/manifests";
const pki = "/etc/kubernetes/pki";

describe("npm run status", () => {
    before(async () => {
        await cluster.isStarted();
        await isHealthy();
    });

    it("finds a healthy cluster healthy, over one connection to each machine", async () => {
        const before = await cluster.sshConnections();

        const { code, stdout } = await cluster.status();

        assert.equal(code, 0, stdout);
        assert.match(stdout, new RegExp(`^${cluster.stack}: healthy\n`));
        const connections = Object.entries(await cluster.sshConnections()).map(([name, count]) => [
            name,
            count - (before[name] ?? 0),
        ]);
        assert.deepEqual(
            connections,
            Object.keys(before).map((name) => [name, 1]),
        );
    });

    it("describes all of it as JSON, and as a page with a picture", async () => {
        const status = await seen();

        const nodes = await cluster.readyNodes();
        assert.deepEqual(status.nodes.map(({ name }) => name).sort(), nodes);
        assert.deepEqual(status.etcd.map(({ state }) => state).sort(), ["follower", "follower", "leader"]);
        assert.deepEqual(
            status.backends.map(({ name, state }) => `${name} ${state}`),
            ["control-plane-1 UP", "control-plane-2 UP", "control-plane-3 UP"],
        );
        assert.deepEqual(
            status.drift.map(({ machine, files }) => [machine, (files ?? 0) > 0]),
            status.drift.map(({ machine }) => [machine, true]),
        );
        const page = join(cluster.folder, "status.html");
        assert.match(readFileSync(page, "utf8"), /<svg .*control-plane-1.*<\/svg>/s);
        assert.equal(statSync(page).mode & 0o777, 0o600);
    });

    it("tells a kubelet that was stopped", async () => {
        await cluster.onMachine("worker-1", "systemctl stop kubelet");
        try {
            const status = await seen();

            assert.ok(wrong(status).includes("worker-1: kubelet does not run (inactive)"), show(status));
            assert.equal(status.exitCode, 1);
        } finally {
            await cluster.onMachine("worker-1", "systemctl start kubelet");
        }
        await isHealthy();
    });

    it("tells a manifest that was changed by hand", async () => {
        const file = `${manifests}/kube-scheduler.yaml`;
        await cluster.onMachine("control-plane-2", `cp -p ${file} /root/kept.yaml; echo '# by hand' >>${file}`);
        try {
            const status = await seen();

            assert.deepEqual(wrong(status), [`control-plane-2: ${file} was changed`]);
            assert.equal(status.exitCode, 1);
        } finally {
            await cluster.onMachine("control-plane-2", `mv /root/kept.yaml ${file}`);
        }
        await isHealthy();
    });

    it("tells a member of etcd that is down", async () => {
        const file = `${manifests}/etcd.yaml`;
        await cluster.onMachine("control-plane-3", `mv ${file} /root/kept.yaml`);
        try {
            const status = await waitFor("the member to be down", 120, async () => {
                const each = await seen();
                return each.etcd.some(({ name, state }) => name === "control-plane-3" && state === "down")
                    ? each
                    : undefined;
            });

            assert.ok(wrong(status).some((line) => line.startsWith("control-plane-3: etcd is not healthy: ")));
            assert.ok(wrong(status).includes(`control-plane-3: ${file} is gone`), show(status));
            assert.deepEqual(
                status.etcd.map(({ name, health }) => `${name} ${health}`),
                ["control-plane-1 healthy", "control-plane-2 healthy", "control-plane-3 wrong"],
            );
            assert.equal(status.exitCode, 1);
        } finally {
            await cluster.onMachine("control-plane-3", `mv /root/kept.yaml ${file}`);
        }
        await isHealthy();
    });

    it("tells a scheduled snapshot of etcd that failed", async () => {
        const unit = "pulumi-kubeadm-etcd-snapshot";
        const settings = "/usr/local/lib/pulumi-kubeadm/etcd-snapshot.conf";
        await cluster.onMachine("control-plane-1", `mv ${settings} /root/kept.conf; systemctl start ${unit} || true`);
        try {
            const status = await seen();

            assert.deepEqual(wrong(status), [
                "control-plane-1: the last scheduled snapshot of etcd failed (exit-code)",
                `control-plane-1: ${settings} is gone`,
            ]);
            assert.equal(status.exitCode, 1);
        } finally {
            await cluster.onMachine("control-plane-1", `mv /root/kept.conf ${settings}; systemctl start ${unit}`);
        }
        await isHealthy();
    });

    it("tells a certificate with 20 days left, and takes another number of days", async () => {
        const file = `${pki}/apiserver.crt`;
        await shortenCertificate("control-plane-2", 21);
        try {
            const status = await seen();
            const withFewerDays = await cluster.status("--certificate-days", "10");

            assert.deepEqual(
                wrong(status).map((line) => line.replace(/, on .*/, "")),
                [`control-plane-2: ${file} ends in 20 days`],
            );
            assert.equal(status.exitCode, 1);
            assert.equal(withFewerDays.code, 0, withFewerDays.stdout);
        } finally {
            await cluster.onMachine("control-plane-2", `mv /root/kept.crt ${file}`);
        }
        await isHealthy();
    });
});

/** What `--json` prints, which agrees with the exit code. */
async function seen(): Promise<Status> {
    const { code, stdout } = await cluster.status("--json");
    const status = JSON.parse(stdout) as Status;
    assert.equal(status.exitCode, code);
    return status;
}

function wrong({ findings }: Status): string[] {
    return findings.filter(({ severity }) => severity === "wrong").map(({ subject, what }) => `${subject}: ${what}`);
}

function show(status: Status): string {
    return JSON.stringify(status.findings, undefined, 2);
}

async function isHealthy(): Promise<void> {
    await waitFor("a healthy cluster", 180, async () => {
        const status = await seen();
        if (status.exitCode !== 0) {
            throw new Error(show(status));
        }
        return true;
    });
}
