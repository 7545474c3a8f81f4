import assert from "node:assert/strict";
import { parse } from "yaml";
import { userData, type UserDataArgs } from "../../../components/platforms/awsUserData";

const args: UserDataArgs = {
    name: "control-plane-1",
    kind: "node",
    hasEtcdDisk: true,
    authorizedKey: "ssh-ed25519 AAAA login\n",
    hostKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n",
    hostPublicKey: "ssh-ed25519 BBBB host\n",
};

interface CloudConfig {
    readonly [key: string]: unknown;
    readonly users: readonly Readonly<Record<string, unknown>>[];
    readonly bootcmd: readonly (readonly string[])[];
    readonly packages: readonly string[];
    readonly write_files: readonly { readonly path: string; readonly permissions: string; readonly content: string }[];
}

describe("the user data of a machine", () => {
    it("gives it one user, whom one key lets in, and no password", () => {
        const { users, disable_root, ssh_pwauth } = parsed(args);

        assert.deepEqual(
            users.map(({ name, ssh_authorized_keys, lock_passwd }) => [name, ssh_authorized_keys, lock_passwd]),
            [["admin", ["ssh-ed25519 AAAA login"], true]],
        );
        assert.deepEqual([disable_root, ssh_pwauth], [true, false]);
    });

    it("gives it the host key that it is known by, and no other", () => {
        const { ssh_keys, ssh_deletekeys, ssh_genkeytypes } = parsed(args);

        assert.deepEqual(ssh_keys, { ed25519_private: args.hostKey, ed25519_public: "ssh-ed25519 BBBB host" });
        assert.deepEqual([ssh_deletekeys, ssh_genkeytypes], [true, []]);
    });

    it("names it, and installs what the checks of a node ask for", () => {
        const { hostname, packages } = parsed(args);

        assert.equal(hostname, "control-plane-1");
        assert.deepEqual(
            ["conntrack", "curl", "iptables", "nftables", "openssl"].filter((name) => !packages.includes(name)),
            [],
        );
    });

    it("gives etcd a disk of its own where etcd runs", () => {
        const { write_files, runcmd } = parsed(args);
        const script = write_files.find(({ path }) => path.endsWith("etcd-disk"));

        assert.deepEqual(runcmd, [["bash", "/usr/local/sbin/pulumi-kubeadm-etcd-disk"]]);
        assert.equal(script?.permissions, "0700");
        assert.match(script.content, /^NODE='control-plane-1'\n/);
        assert.equal("runcmd" in parsed({ ...args, hasEtcdDisk: false }), false);
    });

    it("lets steps in while it still boots", () => {
        assert.deepEqual(parsed(args).bootcmd, [["rm", "--force", "/run/nologin"]]);
    });

    it("lets the steps of a large cluster come over a bastion at once", () => {
        const { write_files } = parsed({ ...args, kind: "other", hasEtcdDisk: false });

        assert.deepEqual(
            write_files.map(({ path }) => path),
            ["/etc/ssh/sshd_config.d/pulumi-kubeadm.conf"],
        );
        assert.match(write_files[0]?.content ?? "", /^MaxStartups 200\n/);
    });

    it("begins as cloud-init expects, and is within EC2's limit of 16384 bytes", () => {
        const text = userData({ ...args, hostKey: "x".repeat(600) });

        assert.match(text, /^#cloud-config\n/);
        assert.ok(Buffer.byteLength(text) < 16384 - 2048, `${Buffer.byteLength(text)} bytes`);
    });
});

function parsed(given: UserDataArgs): CloudConfig {
    // A key that is missing makes a test fail.
    return parse(userData(given)) as CloudConfig;
}
