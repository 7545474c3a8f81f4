import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { scriptsFolder } from "../../support/programScripts";

const parts = ["prelude.sh", "drift.sh"].map((file) => readFileSync(join(scriptsFolder, file), "utf8")).join("\n");
const record = "/etc/kubernetes/pulumi-kubeadm/files.sha256";
const scheduler = "/etc/kubernetes/manifests/kube-scheduler.yaml";
const kubelet = "/var/lib/kubelet/config.yaml";

describe("drift.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.write(scheduler, "the scheduler");
        node.write(kubelet, "the kubelet");
    });

    /** Runs a piece of bash with the functions of the part; paths in what it prints are those of the machine. */
    function run(body: string): string {
        const script = { render: () => `NODE=worker-1\n${parts}\n${body}` };
        const { status, stdout, stderr } = node.run(script, {});
        assert.equal(stderr, "");
        assert.equal(status, 0);
        return stdout.replaceAll(node.path(""), "");
    }

    it("notes what the files hold, for root only", () => {
        run(`record_files ${scheduler} ${kubelet}`);

        assert.equal(
            node.read(record),
            `${sha256("the scheduler")}  ${node.path(scheduler)}\n${sha256("the kubelet")}  ${node.path(kubelet)}\n`,
        );
        assert.equal(node.mode(record), "600");
        assert.equal(run("recorded_files"), `${scheduler}\n${kubelet}\n`);
        assert.equal(run("changed_files"), "");
    });

    it("has the same record for the same files in another order", () => {
        run(`record_files ${kubelet} ${scheduler} ${kubelet}`);
        const before = node.read(record);

        run(`record_files ${scheduler} ${kubelet}`);

        assert.equal(node.read(record), before);
        assert.equal(node.exists(`${record}.new`), false);
    });

    it("takes the place of an earlier record", () => {
        run(`record_files ${scheduler} ${kubelet}`);
        node.write(kubelet, "another kubelet");

        run(`record_files ${kubelet}`);

        assert.equal(node.read(record), `${sha256("another kubelet")}  ${node.path(kubelet)}\n`);
    });

    it("tells files that were changed or taken away since", () => {
        run(`record_files ${scheduler} ${kubelet}`);
        node.write(scheduler, "the scheduler\n# by hand");
        node.remove(kubelet);

        assert.equal(run("changed_files"), `changed\t${scheduler}\nmissing\t${kubelet}\n`);
    });

    it("fails for a file that is not there, and keeps the record", () => {
        run(`record_files ${scheduler}`);
        const before = node.read(record);

        const failed = node.run({ render: () => `NODE=worker-1\n${parts}\nrecord_files /etc/missing` }, {});

        assert.equal(failed.status, 97);
        assert.equal(node.read(record), before);
    });
});

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
