import { createHash } from "node:crypto";
import assert from "node:assert/strict";
import { changesOf, externalEtcd } from "../../support/externalEtcd";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const release = "site/etcd-v3.7.3-linux-amd64.tar.gz";
const unit = "/etc/systemd/system/etcd.service";
const pki = "/etc/etcd/pki";
const before = "/var/lib/pulumi-kubeadm/etcd-before";
const files = {
    PKI_NAMES: ["ca.crt", "server.crt", "server.key"],
    PKI_CONTENTS: ["the CA", "the certificate", "the key"],
    ETCD_UNIT: "the unit",
};
const certificates = /^chown etcd: \S+\/(\S+\.(?:crt|key))\.new$/;

/** A machine with a mirror that has the release. */
function machine(): FakeNode {
    const node = fakeNode();
    node.write(`/opt/mirror/${release}`, "release");
    node.write("/opt/mirror/SHA256SUMS", `${createHash("sha256").update("release").digest("hex")}  ${release}\n`);
    node.stub("curl", `cp '${node.path("/opt/mirror/SHA256SUMS")}' '${node.path("/run/pulumi-kubeadm.sums")}'`);
    node.stub("tar", 'mkdir "$5/etcd"; for name in etcd etcdctl etcdutl; do echo "3.7.3 $name" >"$5/etcd/$name"; done');
    node.stub("getent", "exit 2");
    ["useradd", "chown"].forEach((command) => {
        node.stub(command);
    });
    return node;
}

function download(node: FakeNode) {
    return { MIRROR: `file://${node.path("/opt/mirror")}`, DOWNLOADS: [`etcd amd64 ${release} - -`] };
}

function record(name: string): string {
    return `/usr/local/lib/pulumi-kubeadm/${name}`;
}

function placed(node: FakeNode): string[] {
    return node.calls("chown").flatMap((line) => certificates.exec(line)?.[1] ?? []);
}

describe("etcd-prepare.sh", () => {
    const prepare = programScript("etcd-prepare");
    let node: FakeNode;

    beforeEach(() => {
        node = machine();
    });

    it("gives the machine a user, the programs, the certificates and the unit of etcd, and starts nothing", () => {
        const run = prepared();

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.calls("useradd"), [
            `useradd --system --home-dir ${node.path("/var/lib/etcd")} --no-create-home --shell /usr/sbin/nologin etcd`,
        ]);
        assert.equal(node.mode("/var/lib/etcd"), "700");
        assert.deepEqual(
            files.PKI_NAMES.map((name) => [node.read(`${pki}/${name}`), node.mode(`${pki}/${name}`)]),
            files.PKI_CONTENTS.map((text) => [`${text}\n`, "600"]),
        );
        assert.equal(node.read(unit), "the unit\n");
        assert.equal(node.read("/usr/local/bin/etcd"), "3.7.3 etcd\n");
        assert.deepEqual(node.calls("systemctl"), [
            "systemctl daemon-reload",
            "systemctl enable --quiet etcd",
            "systemctl --no-block try-restart etcd",
        ]);
    });

    it("records which user and programs are its own, also when it ends half-way", () => {
        node.stub("useradd", "exit 1");

        assert.notEqual(prepared().status, 0);
        assert.deepEqual([node.read(record("etcd")), node.read(record("etcd-user"))], ["", ""]);
    });

    it("does not take a user for its own that was there", () => {
        node.stub("getent");

        prepared();

        assert.deepEqual(node.calls("useradd"), []);
        assert.equal(node.exists(record("etcd-user")), false);
        assert.equal(node.read(record("etcd")), `${release}\n`);
    });

    it("only fetches what a member that runs will need", () => {
        node.write("/var/lib/pulumi-kubeadm/etcd-member", "1111\n");

        const run = prepared();

        assert.equal(run.stdout, "etcd-1: checking the machine\netcd-1: fetching what it will run\n");
        assert.deepEqual([node.exists(unit), node.exists("/usr/local/bin/etcd")], [false, false]);
    });

    it("gives a member that has never come up the unit as it is described by then, with which it tries to start", () => {
        node.write("/var/lib/pulumi-kubeadm/etcd-member", "1111\n");
        node.write(unit, "a unit with a wrong flag\n");
        node.stub("systemctl", { "is-active": "echo activating; exit 3" });

        const run = prepared();

        assert.equal(run.status, 0, run.stderr);
        assert.equal(run.stdout, "etcd-1: checking the machine\netcd-1: installing etcd\n");
        assert.equal(node.read(unit), "the unit\n");
        assert.equal(node.calls("systemctl").at(-1), "systemctl --no-block try-restart etcd");
    });

    it("leaves one that was settled before to settling, also while it does not run", () => {
        node.write("/var/lib/pulumi-kubeadm/etcd-member", "1111\n");
        node.write("/var/lib/pulumi-kubeadm/kubernetes-version", "1.37.1\n");
        node.write(unit, "the unit before\n");
        node.stub("systemctl", { "is-active": "echo activating; exit 3" });

        const run = prepared();

        assert.equal(run.stdout, "etcd-1: checking the machine\netcd-1: fetching what it will run\n");
        assert.equal(node.read(unit), "the unit before\n");
    });

    const ends = [
        { ended: "none", expected: [] },
        { ended: "server", expected: ["server.crt"] },
        { ended: "peer", expected: ["server.crt"] },
    ];
    ends.forEach(({ ended, expected }) => {
        it(`puts certificates in place on a member that runs when those before have ended: ${ended}`, () => {
            node.write("/var/lib/pulumi-kubeadm/etcd-member", "1111\n");
            node.write(`${pki}/ca.crt`, "the CA");
            node.write(`${pki}/server.crt`, "an earlier certificate");
            node.write(`${pki}/server.key`, "the key");
            node.stub("openssl", {
                [`${ended}.crt`]: "exit 1",
                dgst: 'sha256sum "${!#}"',
                startdate: "echo =2024-01-01",
            });

            const run = prepared();

            assert.equal(run.status, 0, run.stderr);
            assert.deepEqual(placed(node), expected);
            assert.deepEqual(node.calls("systemctl"), ["systemctl is-active etcd"]);
        });
    });

    it("names all that is wrong with the machine before it changes anything", () => {
        node.stub("ss", { ":2379": "echo LISTEN" });
        node.stub("df", "echo Avail; echo 100MiB");

        const run = prepared();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /\[disk\] 100 MiB free in .*\n\[port-2379\] is taken; stop the process that has it\n/);
        assert.deepEqual(node.calls("useradd"), []);
    });

    function prepared(): Run {
        return node.run(prepare, {
            NODE: "etcd-1",
            ADDRESS: "10.0.0.31",
            ETCD_CA: "the CA",
            ...download(node),
            ...files,
        });
    }
});

describe("etcd-settle.sh", () => {
    const settle = programScript("etcd-settle");
    let node: FakeNode;

    beforeEach(() => {
        node = machine();
        externalEtcd(node, ["1", "2", "3"]);
        node.write("/opt/etcd/status", [1, 2, 3].map((number) => `https://x, ${number}, 3.6.14, rest\n`).join(""));
        files.PKI_NAMES.forEach((name, index) => {
            node.write(`${pki}/${name}`, files.PKI_CONTENTS[index]);
        });
        node.write(unit, "the unit\n");
        ["etcd", "etcdctl", "etcdutl"].forEach((name) => {
            node.write(`/usr/local/bin/${name}`, `3.7.3 ${name}\n`, 0o755);
            node.write(`/usr/local/lib/pulumi-kubeadm/${name}`, `${release}\n`);
        });
        node.write("/var/lib/pulumi-kubeadm/kubernetes-version", "1.37.1\n");
        node.stub("etcd-snapshot");
    });

    it("does not touch a member that is as described", () => {
        const run = settled();

        assert.equal(run.status, 0, run.stderr);
        assert.equal(run.stdout, "etcd-1: comparing it with its description\n");
        assert.deepEqual([changesOf(node), node.calls("systemctl"), placed(node)], [[], [], []]);
    });

    it("replaces a certificate without a restart", () => {
        const run = settled({ PKI_CONTENTS: ["the CA", "another certificate", "the key"] });

        assert.equal(run.status, 0, run.stderr);
        assert.equal(node.read(`${pki}/server.crt`), "another certificate\n");
        assert.deepEqual(placed(node), ["server.crt"]);
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("restarts it with other flags in its turn, after a snapshot", () => {
        const run = settled({ ETCD_UNIT: "another unit" });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.calls("etcd-snapshot"), ["etcd-snapshot before-etcd-settings"]);
        assert.equal(node.read(unit), "another unit\n");
        assert.deepEqual(node.calls("systemctl --no-block"), ["systemctl --no-block restart etcd"]);
        assert.deepEqual(changesOf(node), ["txn", "del pulumi-kubeadm/turn"]);
        assert.equal(node.exists(before), false);
    });

    it("brings it to another release when all members are new enough for it", () => {
        node.write("/usr/local/lib/pulumi-kubeadm/etcd", "site/etcd-v3.6.14\n");
        node.write("/usr/local/bin/etcd", "3.6.14 etcd\n", 0o755);

        const run = settled({ KUBERNETES_VERSION: "1.37.2" });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.calls("etcd-snapshot"), ["etcd-snapshot before-v1.37.2"]);
        assert.equal(node.read("/usr/local/bin/etcd"), "3.7.3 etcd\n");
        assert.equal(node.calls("systemctl --no-block").length, 1);
    });

    it("refuses another release while a member is too old for it", () => {
        node.write("/usr/local/lib/pulumi-kubeadm/etcd", "site/etcd-v3.6.8\n");
        node.write("/opt/etcd/status", "https://x, 1, 3.6.14, rest\nhttps://x, 2, 3.6.8, rest\n");

        const run = settled();

        assert.match(
            run.stderr,
            /etcd 3\.6\.8 runs, and the described release needs all members to be at least 3\.6\.11\n/,
        );
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("takes a snapshot before an upgrade of Kubernetes, though etcd stays", () => {
        settled({ KUBERNETES_VERSION: "1.37.2" });
        settled({ KUBERNETES_VERSION: "1.37.2" });

        assert.deepEqual(node.calls("etcd-snapshot"), ["etcd-snapshot before-v1.37.2"]);
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("waits while another member is away, and restarts nothing", () => {
        externalEtcd(node, ["1", "2", "3"], { unhealthy: [3] });

        const run = settled({ ETCD_UNIT: "another unit" });

        assert.match(
            run.stderr,
            /seen: {4}another member of etcd is missing or not healthy: 10\.0\.0\.33: is unhealthy\n/,
        );
        assert.equal(node.read(unit), "the unit\n");
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("restarts the only member, which nothing can stand in for", () => {
        externalEtcd(node, ["1"], { keys: { "pulumi-kubeadm/size": "1" } });

        const run = settled({ ETCD_UNIT: "another unit", ETCD_SIZE: "1" });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(node.calls("systemctl --no-block").length, 1);
    });

    it("waits for its turn while members are there that are to leave", () => {
        const run = settled({ ETCD_UNIT: "another unit", ETCD_SIZE: "1" });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), ["txn", "del pulumi-kubeadm/turn", "put pulumi-kubeadm/size 1"]);
    });

    it("says how many members there are meant to be, before those leave that are not", () => {
        const run = settled({ ETCD_SIZE: "1" });

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), ["put pulumi-kubeadm/size 1"]);
    });

    it("puts back what ran before when it does not become healthy", () => {
        node.stub(
            "systemctl",
            `case $line in *restart*) grep -q another '${node.path(unit)}' && echo 10.0.0.31: >'${node.path("/opt/etcd/unhealthy")}' || : >'${node.path("/opt/etcd/unhealthy")}' ;; esac`,
        );
        node.stub("journalctl", "echo 'flag provided but not defined'");

        const run = settled({ ETCD_UNIT: "another unit" });

        assert.equal(run.status, 97);
        assert.match(
            run.stderr,
            /etcd did not become healthy with its changed settings: flag provided but not defined\n/,
        );
        assert.equal(node.read(unit), "the unit\n");
        assert.equal(node.read("/usr/local/bin/etcd"), "3.7.3 etcd\n");
        assert.equal(node.calls("systemctl --no-block restart").length, 2);
        assert.equal(changesOf(node).at(-1), "del pulumi-kubeadm/turn");
    });

    it("notes what its files hold, and the command that takes snapshots", () => {
        settled();

        const noted = node.read("/etc/kubernetes/pulumi-kubeadm/files.sha256");
        assert.match(noted, /etcd\.service\n/);
        assert.match(noted, /etcd-snapshot\.conf\n/);
        assert.equal(noted.trim().split("\n").length, 6);
    });

    function settled(changes: Readonly<Record<string, string | readonly string[]>> = {}): Run {
        return node.run(
            settle,
            {
                NODE: "etcd-1",
                ADDRESS: "10.0.0.31",
                KUBERNETES_VERSION: "1.37.1",
                ETCD_MINIMUM: "3.6.11",
                ETCD_SIZE: "3",
                ETCD_ENDPOINTS: [1, 2, 3].map((number) => `https://10.0.0.3${number}:2379`),
                SNAPSHOT_SCRIPT: '#!/usr/bin/env bash\nexec etcd-snapshot "$@"',
                SNAPSHOT_CALENDAR: "",
                SNAPSHOT_DELAY_SECONDS: "",
                SNAPSHOT_KEEP: "28",
                ...download(node),
                ...files,
                ...changes,
            },
            "update",
        );
    }
});
