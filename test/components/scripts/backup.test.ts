import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backupValues } from "../../../components/backup";
import { quote } from "../../../components/remote/script";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { scriptsFolder } from "../../support/programScripts";

const programs = "/usr/local/lib/pulumi-kubeadm";
const command = `${programs}/etcd-snapshot`;
const unit = "/etc/systemd/system/pulumi-kubeadm-etcd-snapshot";
const mirror = "https://mirror.example";
const release = "site/v3.7.3/etcd.tar.gz";

describe("backup.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("curl", 'while (($# > 1)); do [[ $1 == --output ]] && out=$2; shift; done; echo "$1" >"$out"');
        node.stub("openssl", `echo "${mirror}/SHA256SUMS"`);
        node.stub("tar", `mkdir -p "$5"/etcd; touch "$5"/etcd/etcdctl "$5"/etcd/etcdutl`);
    });

    it("installs etcd's tools, the command and its schedule", () => {
        const run = install({ every: "6h", keep: 28 });

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, "control-plane-1: scheduling snapshots of etcd\n");
        assert.equal(node.mode("/usr/local/bin/etcdctl"), "755");
        assert.equal(node.mode("/usr/local/bin/etcdutl"), "755");
        assert.equal(node.read(command).replaceAll(node.path("/"), "/"), text("etcd-snapshot.sh"));
        assert.equal(node.mode(command), "755");
        assert.deepEqual(node.read(`${command}.conf`).split("\n"), [
            "KEEP=28",
            "ETCDCTL_ENDPOINTS=https://127.0.0.1:2379",
            "ETCDCTL_CACERT=ca.crt",
            "ETCDCTL_CERT=client.crt",
            "ETCDCTL_KEY=client.key",
            "",
        ]);
        assert.match(node.read(`${unit}.service`), /^ExecStart=\S*\/etcd-snapshot scheduled$/m);
        assert.match(
            node.read(`${unit}.timer`),
            /^OnCalendar=\*-\*-\* 00\/6:00:00 UTC\nRandomizedDelaySec=2160\nFixedRandomDelay=true\n.*\nPersistent=true$/m,
        );
        assert.deepEqual(node.calls("systemctl"), [
            "systemctl daemon-reload",
            "systemctl enable --quiet pulumi-kubeadm-etcd-snapshot.timer",
            "systemctl restart pulumi-kubeadm-etcd-snapshot.timer",
        ]);
    });

    it("changes nothing, and fetches nothing, when it is as described", () => {
        install({ every: "6h", keep: 28 });
        const before = { files: node.files(), calls: node.calls() };

        const run = install({ every: "6h", keep: 28 });

        assert.equal(run.stdout, "");
        assert.deepEqual(node.files(), before.files);
        assert.deepEqual(node.calls().slice(before.calls.length), [
            "uname -m",
            "systemctl is-active --quiet pulumi-kubeadm-etcd-snapshot.timer",
        ]);
    });

    it("takes another number without touching the schedule", () => {
        install({ every: "6h", keep: 28 });

        const run = install({ every: "6h", keep: 7 });

        assert.equal(run.stdout, "");
        assert.match(node.read(`${command}.conf`), /^KEEP=7$/m);
    });

    it("takes another schedule", () => {
        install({ every: "6h", keep: 28 });

        const run = install({ every: "30m", keep: 28 });

        assert.equal(run.stdout, "control-plane-1: scheduling snapshots of etcd\n");
        assert.match(node.read(`${unit}.timer`), /^OnCalendar=\*-\*-\* \*:00\/30:00 UTC\nRandomizedDelaySec=180$/m);
    });

    it("starts a timer that somebody stopped", () => {
        install({ every: "6h", keep: 28 });
        node.stub("systemctl", { "is-active": "exit 3" });

        assert.equal(install({ every: "6h", keep: 28 }).stdout, "control-plane-1: scheduling snapshots of etcd\n");
    });

    it("ends the schedule and leaves the command", () => {
        install({ every: "6h", keep: 28 });

        const run = install({ every: "never", keep: 28 });

        assert.equal(run.stdout, "control-plane-1: ending the schedule of etcd's snapshots\n");
        assert.deepEqual(
            [`${unit}.timer`, `${unit}.service`, command].map((file) => node.exists(file)),
            [false, false, true],
        );
        assert.equal(install({ every: "never", keep: 28 }).stdout, "");
    });

    it("says why a snapshot was not taken", () => {
        install({ every: "6h", keep: 28 });
        node.write(command, "#!/usr/bin/env bash\necho no snapshot of etcd: it is away >&2\nexit 1\n", 0o755);

        const run = node.run({ render: () => rendered({ every: "6h", keep: 28 }, "take_snapshot manual") }, {});

        assert.equal(run.status, 97);
        assert.match(
            run.stderr,
            /seen: {4}no snapshot of etcd could be taken\n[^]* {4}no snapshot of etcd: it is away\n/,
        );
    });

    function install(snapshots: { every: string; keep: number }): Run {
        return node.run({ render: () => rendered(snapshots, "install_backup ca.crt client.crt client.key") }, {});
    }
});

function rendered(snapshots: { every: string; keep: number }, last: string): string {
    const values = { ...backupValues(snapshots), NODE: "control-plane-1", MIRROR: mirror };
    const assignments = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`);
    const parts = ["prelude.sh", "download.sh", "etcd-tools.sh", "timer.sh"].map(text);
    return [
        ...assignments,
        `DOWNLOADS=('etcd amd64 ${release} - -')`,
        ...parts,
        "log_file=log",
        text("backup.sh"),
        last,
    ].join("\n");
}

function text(file: string): string {
    return readFileSync(join(scriptsFolder, file), "utf8");
}
