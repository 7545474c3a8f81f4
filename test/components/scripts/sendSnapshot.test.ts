import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const send = programScript("send-snapshot");
const values = {
    NODE: "control-plane-1",
    SNAPSHOT_FILE: "/var/snapshot.db",
    LOGIN: "admin@10.0.0.11",
    LOGIN_KEY: "the login key",
    KNOWN_HOSTS: "10.0.0.11 ssh-ed25519 AAAA",
    OVER: "",
    OVER_KEY: "",
};

describe("send-snapshot.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.write("/var/snapshot.db", "what etcd knew");
        node.stub("ssh-agent", 'exec "$@"');
        node.stub("ssh-add");
        node.stub("ssh", 'cat >>"$LOG/inputs"; [[ $line =~ UserKnownHostsFile=([^ ]+) ]]; cat "${BASH_REMATCH[1]}"');
    });

    it("sends the snapshot with the pinned host key, and the login key in no file", () => {
        const run = node.run(send, values);

        assert.equal(run.stderr, "");
        assert.deepEqual(run.stdout.split("\n"), [
            `control-plane-1: sending it ${node.path("/var/snapshot.db")}`,
            "10.0.0.11 ssh-ed25519 AAAA",
            "",
        ]);
        assert.equal(node.inputs(), "the login key\nthe login key\nwhat etcd knew");
        const [call = ""] = node.calls("ssh -F none");
        assert.match(call, / -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=none /);
        assert.match(
            call,
            / admin@10\.0\.0\.11 sudo --non-interactive bash -c 'umask 077 && mkdir -p \S+ && cat >\S+'$/,
        );
        assert.doesNotMatch(node.calls().join("\n"), /the login key/);
    });

    it("goes over a bastion with the same key, and with the bastion's own pinned host key", () => {
        const run = node.run(send, {
            ...values,
            KNOWN_HOSTS: "10.0.0.11 ssh-ed25519 AAAA\n198.51.100.7 ssh-ed25519 BBBB",
            OVER: "admin@198.51.100.7",
        });

        assert.equal(run.stderr, "");
        assert.match(run.stdout, /\n198\.51\.100\.7 ssh-ed25519 BBBB\n/);
        assert.match(
            node.calls("ssh -F none")[0] ?? "",
            / -o ProxyCommand=ssh -F none .* -o StrictHostKeyChecking=yes .* -W %h:%p admin@198\.51\.100\.7 admin@10\.0\.0\.11 /,
        );
    });

    it("goes over a bastion with a key of its own", () => {
        node.run(send, { ...values, OVER: "ops@198.51.100.7", OVER_KEY: "the bastion's key" });

        assert.equal(node.inputs(), "the login key\nthe bastion's key\nwhat etcd knew");
        assert.doesNotMatch(node.calls().join("\n"), /bastion's key/);
    });

    it("says that it did not arrive", () => {
        node.stub("ssh", "echo refused >&2; exit 255");

        const run = node.run(send, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /^refused\n[^]*seen: {4}the snapshot did not arrive\n/);
    });

    it("does nothing when it goes", () => {
        const run = node.run(send, values, "delete");

        assert.equal(run.stdout, "");
        assert.deepEqual(node.calls(), []);
    });
});
