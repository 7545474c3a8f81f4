import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { found, needlesOf } from "../support/secrets";
import { cluster, commandLines } from "../support/shared";

/** Where secrets of the state belong on a machine, besides its own host key. */
const belongsOnControlPlane = [
    /^\/etc\/kubernetes\/pki\/(ca|front-proxy-ca|sa|etcd\/ca)\.key$/,
    // Bootstrap tokens are objects of the API, so etcd has them, and so have its snapshots.
    /^\/var\/lib\/(etcd\/member\/(snap|wal)|pulumi-kubeadm\/etcd-snapshots)\//,
];
const hostKey = /^\/etc\/ssh\/ssh_host_ed25519_key$/;

describe("every secret of the state", () => {
    let needles: string[];

    before(async () => {
        await cluster.isStarted();
        const passphrase = readFileSync(join(cluster.folder, "passphrase"), "utf8").trim();
        needles = [passphrase, ...needlesOf(await cluster.state())];
        assert.ok(needles.length > 40, `only ${needles.length} secrets were found in the state`);
    });

    it("is not in what the engine writes", () => {
        assert.deepEqual(found(cluster.outputs.join("\n"), needles), []);
    });

    it("was never in the arguments of a process", () => {
        assert.deepEqual(found([...commandLines.seen].join("\n"), needles), []);
    });

    it("is not in a journal of a machine", async () => {
        for (const machine of await cluster.machines()) {
            const journal = await cluster.onMachine(machine, "journalctl --no-pager --output cat");
            assert.ok(journal.length > 1000, `the journal of ${machine} is empty`);
            assert.deepEqual(found(journal, needles), [], machine);
        }
    });

    it("is on a machine only where it belongs, for root alone", async () => {
        for (const machine of await cluster.machines()) {
            const belongs = machine.startsWith("control-plane") ? [hostKey, ...belongsOnControlPlane] : [hostKey];
            const files = (await filesWith(machine, needles)).trim().split("\n");

            const elsewhere = files.filter((line) => !belongs.some((each) => each.test(line.replace(/^600 /, ""))));
            assert.deepEqual(elsewhere, [], machine);
            assert.ok(files.length >= belongs.length, `the search of ${machine} found only ${files.join(", ")}`);
        }
    });

    it("is not in the plain text of the state, and the stack's own files are for its user alone", () => {
        for (const file of filesBelow(join(cluster.folder, "backend"))) {
            assert.deepEqual(found(readFileSync(file, "utf8"), needles), [], file);
        }
        for (const file of ["kubeconfig", "login-key", "passphrase"]) {
            assert.equal(statSync(join(cluster.folder, file)).mode & 0o777, 0o600, file);
        }
    });
});

/** "mode path" of each file of a machine that holds one of the texts. */
function filesWith(machine: string, texts: readonly string[]): Promise<string> {
    // Nested file systems are those of the pods, whose images and tokens are not of the state.
    const script = `
cat >/dev/shm/texts <<'TEXTS'
${texts.join("\n")}
TEXTS
trap 'rm /dev/shm/texts' EXIT
for folder in / /var /run /tmp /home /dev/shm; do
  find "$folder" -xdev -type f ! -path /dev/shm/texts -exec grep -lF -f /dev/shm/texts {} + || true
done | sort -u | xargs --no-run-if-empty stat --format '%a %n'`;
    return cluster.onMachine(machine, script);
}

function filesBelow(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
}
