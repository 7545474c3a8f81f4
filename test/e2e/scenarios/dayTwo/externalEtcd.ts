import assert from "node:assert/strict";
import type { Status } from "../../../../status/status";
import { change, isSettled, isSilent, underTraffic } from "../../support/change";
import { lines, run } from "../../support/command";
import { allMembersVote, machines, members } from "../../support/externalEtcd";
import { cluster } from "./sharedEtcd";

describe("external etcd", () => {
    before(() => cluster.isStarted());

    it("has three members with a vote, and a cluster that needs no second update", async () => {
        await isSettled(cluster);

        await allMembersVote(cluster);
        assert.deepEqual(await cluster.readyNodes(), ["control-plane-1"]);
    });

    it("keeps its data and keys from all but its own user, and nobody without a certificate gets in", async () => {
        const kept = "stat --format '%n %U %a' /var/lib/etcd /etc/etcd/pki/server.key /etc/etcd/pki/peer.key";
        const user = `ps -o user= -p "$(pidof etcd)"`;
        const stranger = "curl --insecure --silent --output /dev/null https://127.0.0.1:2379/health || echo refused";

        assert.deepEqual(lines(await cluster.onMachine("etcd-2", `${kept}; ${user}; ${stranger}`)), [
            "/var/lib/etcd etcd 700",
            "/etc/etcd/pki/server.key etcd 600",
            "/etc/etcd/pki/peer.key etcd 600",
            "etcd",
            "refused",
        ]);
    });

    it("gives API servers a certificate of a client, and no key of its CA", async () => {
        const files = "find /etc/kubernetes/pki -name '*etcd*' -type f -o -path '*/etcd/*' -type f | sort";

        assert.deepEqual(lines(await cluster.onMachine("control-plane-1", files)), [
            "/etc/kubernetes/pki/apiserver-etcd-client.crt",
            "/etc/kubernetes/pki/apiserver-etcd-client.key",
            "/etc/kubernetes/pki/etcd/ca.crt",
        ]);
    });

    it("gets another machine for a member whose name is put into replace", async () => {
        const before = await machines(cluster);

        await change(cluster, { replace: ["etcd-1"] }, { machines: ["etcd-1"] });

        await allMembersVote(cluster);
        assert.deepEqual(changed(before, await machines(cluster)), ["etcd-1"]);
    });

    it("gets another machine for a member whose machine is dead", async () => {
        cluster.configure({ replace: [] });
        await cluster.start().succeeds();
        const before = await machines(cluster);
        await run("docker", ["kill", cluster.container("etcd-2")]);

        await change(cluster, { replace: ["etcd-2"] }, { machines: ["etcd-2"] });

        await allMembersVote(cluster);
        assert.deepEqual(changed(before, await machines(cluster)), ["etcd-2"]);
    });

    it("gets another machine for all three members by one edit, one after another", async () => {
        cluster.configure({ replace: [] });
        await cluster.start().succeeds();
        const before = await machines(cluster);

        await change(cluster, { replace: members }, { machines: members });

        await allMembersVote(cluster);
        assert.deepEqual(changed(before, await machines(cluster)), members);
    });

    it("takes another setting, one member after another, and takes a snapshot before", async () => {
        await change(cluster, { etcdExtraArgs: { "quota-backend-bytes": "4294967296" } }, { machines: members });

        for (const member of members) {
            const flags = `tr '\\0' '\\n' <"/proc/$(pidof etcd)/cmdline"`;
            assert.match(await cluster.onMachine(member, flags), /^--quota-backend-bytes=4294967296$/m, member);
            const snapshots = await cluster.onMachine(member, "ls /var/lib/pulumi-kubeadm/etcd-snapshots");
            assert.match(snapshots, /-before-etcd-settings\.db$/m, member);
        }
        await allMembersVote(cluster);
    });

    it("goes on as before with a setting that it does not take", async () => {
        const output = await underTraffic(cluster.api, 5, async () => {
            cluster.configure({ etcdExtraArgs: { "log-level": "many" } });
            return cluster.start().fails();
        });

        assert.match(output, /FAILED {2}etcd-1, while: restarting etcd/);
        assert.match(output, /what ran before was put back/);
        await allMembersVote(cluster);
        // All of them were prepared for the setting that did not come.
        await change(cluster, { etcdExtraArgs: { "quota-backend-bytes": "4294967296" } }, { machines: members });
    });

    it("is back with one update when all certificates have ended, so that no API server answers", async () => {
        await Promise.all(members.map((member) => end(member, "/etc/etcd/pki", ["server", "peer"], "etcd")));
        await end("control-plane-1", "/etc/kubernetes/pki", ["apiserver", "apiserver-etcd-client"], "kube-apiserver");
        await isSilent(cluster);

        // As the engine does by itself from `renewCertificatesBefore` days before their end.
        const names = ["etcd-*-server", "etcd-*-peer", "*-etcd-client", "*-pki-admin"];
        const made = names.flatMap((name) => ["--replace", `**::${name}`]);
        const output = await cluster.start(...made).succeeds();

        assert.match(output, /etcd-3: putting its certificates in place, since those before have ended/);
        assert.match(output, /control-plane-1: renewing its certificates, which have ended/);
        await isSettled(cluster);
        await allMembersVote(cluster);
    });

    it("is refused another place", async () => {
        cluster.configure({ etcd: "stacked", replace: [] });
        assert.match(await cluster.pulumi("preview").fails(), /etcd: external cannot become stacked/);
        cluster.configure({ etcd: "external", replace: members });
    });

    it("is seen whole by the status", async () => {
        const { code, stdout } = await cluster.status("--json");

        const { etcd } = JSON.parse(stdout) as Status;
        assert.equal(code, 0, stdout);
        assert.deepEqual(
            etcd.map(({ name, health }) => [name, health]),
            members.map((name) => [name, "healthy"]),
        );
    });
});

/** Ends certificates of a machine: nobody takes such a one, signed by itself, and no process goes on with what it had. */
async function end(machine: string, folder: string, names: readonly string[], process: string): Promise<void> {
    const ended = (file: string): string =>
        `openssl x509 -in ${file}.crt -signkey ${file}.key -days 0 -out /run/ended.crt; cat /run/ended.crt >${file}.crt`;
    await cluster.onMachine(
        machine,
        [...names.map((name) => ended(`${folder}/${name}`)), `pkill -x ${process}`].join("; "),
    );
}

/** The members whose machines are others than before. */
function changed(before: readonly string[], after: readonly string[]): string[] {
    return after.filter((each) => !before.includes(each)).map((each) => each.replace(/ .*/, ""));
}
