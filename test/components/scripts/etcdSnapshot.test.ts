import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { scriptsFolder } from "../../support/programScripts";

const text = readFileSync(join(scriptsFolder, "etcd-snapshot.sh"), "utf8");
const folder = "/var/lib/pulumi-kubeadm/etcd-snapshots";
const certificate = "/etc/kubernetes/pki/etcd/healthcheck-client.crt";

describe("etcd-snapshot.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("date", "echo 20261121T120000Z");
        node.stub("etcdctl", saves("data"));
        node.stub("etcdutl");
        keep(3);
    });

    it("leaves a checked snapshot with its checksum, for root only, and prints its path", () => {
        const run = snapshot("scheduled");

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, `${node.path(folder)}/etcd-20261121T120000Z-scheduled.db\n`);
        const content = node.read(`${folder}/etcd-20261121T120000Z-scheduled.db`);
        assert.equal(content.slice(0, 4), "data");
        assert.equal(
            node.read(`${folder}/etcd-20261121T120000Z-scheduled.db.sha256`),
            `${sumOf(`${folder}/etcd-20261121T120000Z-scheduled.db`)}  etcd-20261121T120000Z-scheduled.db\n`,
        );
        assert.equal(node.mode(folder), "700");
        assert.equal(node.mode(`${folder}/etcd-20261121T120000Z-scheduled.db`), "600");
        assert.equal(node.mode(`${folder}/etcd-20261121T120000Z-scheduled.db.sha256`), "600");
    });

    it("asks this machine's member, with the files that it was told", () => {
        node.stub("etcdctl", `echo "$ETCDCTL_ENDPOINTS $ETCDCTL_CERT" >&2; exit 1`);

        assert.match(snapshot("manual").stderr, new RegExp(`https://127\\.0\\.0\\.1:2379 \\S*${certificate}\n$`));
        assert.deepEqual(node.calls("etcdctl"), ["etcdctl snapshot save partial"]);
    });

    it("is asked for what is current, and takes none of a member without a majority", () => {
        node.stub("etcdctl", { "endpoint health": "echo 127.0.0.1:2379 is unhealthy >&2; exit 1" });

        const run = snapshot("manual", "current");

        assert.equal(
            run.stderr,
            "no snapshot of etcd: etcdctl endpoint health ended with an error: 127.0.0.1:2379 is unhealthy\n",
        );
        assert.deepEqual(node.calls("etcdctl"), ["etcdctl endpoint health"]);
        assert.deepEqual(files(), ["lock"]);
    });

    it("keeps the newest ones, whatever they were taken for", () => {
        ["0800Z-scheduled", "0900Z-before-v1.37.1", "1000Z-scheduled"].forEach((name) => {
            node.write(`${folder}/etcd-20261121T${name}.db`);
            node.write(`${folder}/etcd-20261121T${name}.db.sha256`);
        });

        snapshot("scheduled");

        assert.deepEqual(files(), [
            "etcd-20261121T0900Z-before-v1.37.1.db",
            "etcd-20261121T0900Z-before-v1.37.1.db.sha256",
            "etcd-20261121T1000Z-scheduled.db",
            "etcd-20261121T1000Z-scheduled.db.sha256",
            "etcd-20261121T120000Z-scheduled.db",
            "etcd-20261121T120000Z-scheduled.db.sha256",
            "lock",
        ]);
    });

    describe("when room is short", () => {
        const names = ["0700Z-scheduled", "0800Z-before-v1.37.1", "0900Z-scheduled", "1000Z-scheduled"];

        beforeEach(() => {
            keep(9);
            names.forEach((name) => {
                node.write(`${folder}/etcd-20261121T${name}.db`);
                node.write(`${folder}/etcd-20261121T${name}.db.sha256`);
            });
            node.write("/var/lib/etcd/member/snap/db", "x".repeat(2 * 1048576));
        });

        it("removes the oldest ones of the schedule until there is enough", () => {
            node.stub("df", "echo Avail; [[ -e etcd-20261121T0700Z-scheduled.db ]] && echo 3145728 || echo 5242880");

            assert.equal(snapshot("scheduled").status, 0);
            assert.deepEqual(databases(), [
                "etcd-20261121T0800Z-before-v1.37.1.db",
                "etcd-20261121T0900Z-scheduled.db",
                "etcd-20261121T1000Z-scheduled.db",
                "etcd-20261121T120000Z-scheduled.db",
            ]);
        });

        it("keeps the newest one and those of other reasons, and says what is missing", () => {
            node.stub("df", "echo Avail; echo 3145728");

            const run = snapshot("scheduled");

            assert.equal(run.status, 1);
            assert.match(run.stderr, /^no snapshot of etcd: 3 MiB are free in /);
            assert.deepEqual(databases(), [
                "etcd-20261121T0800Z-before-v1.37.1.db",
                "etcd-20261121T1000Z-scheduled.db",
            ]);
        });

        it("keeps the newest one where it was not taken on the schedule", () => {
            node.write(`${folder}/etcd-20261121T1100Z-manual.db`);
            node.stub("df", "echo Avail; echo 3145728");

            snapshot("scheduled");

            assert.deepEqual(databases(), ["etcd-20261121T0800Z-before-v1.37.1.db", "etcd-20261121T1100Z-manual.db"]);
        });

        function databases(): string[] {
            return files().filter((file) => file.endsWith(".db"));
        }
    });

    it("clears what an interrupted run left", () => {
        node.write(`${folder}/partial.part`);
        node.write(`${folder}/etcd-20261121T0800Z-scheduled.db.sha256`);

        snapshot("scheduled");

        assert.deepEqual(files(), [
            "etcd-20261121T120000Z-scheduled.db",
            "etcd-20261121T120000Z-scheduled.db.sha256",
            "lock",
        ]);
    });

    describe("fails, and leaves the older ones and no half file, when", () => {
        beforeEach(() => {
            keep(1);
            node.write(`${folder}/etcd-20261121T0800Z-scheduled.db`);
            node.write(`${folder}/etcd-20261121T0800Z-scheduled.db.sha256`);
        });

        const cases: { title: string; stub: () => void; seen: RegExp }[] = [
            {
                title: "etcd does not answer",
                stub: () => {
                    node.stub("etcdctl", "echo half >partial.part; echo connection refused >&2; exit 1");
                },
                seen: /^no snapshot of etcd: timeout 600 etcdctl ended with an error: connection refused\n$/,
            },
            {
                title: "it is cut short",
                stub: () => {
                    node.stub("etcdctl", `${saves("data")}; head -c 20 partial >cut; mv cut partial`);
                },
                seen: /^no snapshot of etcd: the snapshot does not have the hash that etcd gave it\n$/,
            },
            {
                title: "its database is not whole",
                stub: () => {
                    node.stub("etcdutl", "echo page 7 is broken; exit 1");
                },
                seen: /^no snapshot of etcd: etcdutl snapshot status ended with an error: page 7 is broken\n$/,
            },
            {
                title: "etcd would be left without room",
                stub: () => {
                    node.write("/var/lib/etcd/member/snap/db", "x".repeat(2 * 1048576));
                    node.stub("df", "echo Avail; echo 3145728");
                },
                seen: /^no snapshot of etcd: 3 MiB are free in \S+, twice the size of etcd's data is 4 MiB\n$/,
            },
            {
                title: "another one goes on",
                stub: () => {
                    node.stub("flock", "exit 1");
                },
                seen: /^no snapshot of etcd: another snapshot has been going on for 300 s\n$/,
            },
        ];
        cases.forEach(({ title, stub, seen }) => {
            it(title, () => {
                stub();

                const run = snapshot("scheduled");

                assert.equal(run.status, 1);
                assert.equal(run.stdout, "");
                assert.match(run.stderr, seen);
                assert.deepEqual(files(), [
                    "etcd-20261121T0800Z-scheduled.db",
                    "etcd-20261121T0800Z-scheduled.db.sha256",
                    "lock",
                ]);
            });
        });
    });

    function snapshot(...args: string[]): Run {
        return node.run({ render: () => `set -- ${args.join(" ")}\n${text}` }, {});
    }

    function keep(count: number): void {
        node.write(
            "/usr/local/lib/pulumi-kubeadm/etcd-snapshot.conf",
            [`KEEP=${count}`, "ETCDCTL_ENDPOINTS=https://127.0.0.1:2379", `ETCDCTL_CERT=${certificate}`, ""].join("\n"),
        );
    }

    function files(): string[] {
        return Object.keys(node.files())
            .filter((file) => file.startsWith(folder))
            .map((file) => file.slice(folder.length + 1))
            .sort();
    }

    function sumOf(file: string): string {
        return createHash("sha256")
            .update(readFileSync(node.path(file)))
            .digest("hex");
    }
});

/** A stub that saves a database with the hash of it behind, as etcd's snapshots have. */
function saves(data: string): string {
    const hash = createHash("sha256")
        .update(data)
        .digest("hex")
        .replace(/../g, String.raw`\x$&`);
    return `printf '${data}${hash}' >partial`;
}
