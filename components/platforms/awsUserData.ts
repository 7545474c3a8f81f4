import { Script } from "../remote/script";
import { yamlDocument } from "../yamlDocument";

const etcdDisk = new Script("etcd-disk.sh");
const etcdDiskPath = "/usr/local/sbin/pulumi-kubeadm-etcd-disk";

/** The user that steps and people log in as. */
export const loginUser = "admin";

// All steps of a large cluster come over the bastion at the same moment; the default turns connections away from the tenth.
const sshd = "MaxStartups 200\nMaxSessions 200\nPasswordAuthentication no\n";

/** What Kubernetes calls, and the images of Debian and Ubuntu do not all have. */
const packages = {
    node: ["conntrack", "curl", "ethtool", "iptables", "nftables", "openssl", "socat"],
    other: ["curl", "openssl"],
} as const;

export interface UserDataArgs {
    /** Name of the machine. */
    readonly name: string;
    readonly kind: keyof typeof packages;
    /** Whether etcd has a disk of its own here. */
    readonly hasEtcdDisk: boolean;
    /** What opens the machine, in OpenSSH's format. */
    readonly authorizedKey: string;
    /** The machine's own key, in OpenSSH's format. Secret. */
    readonly hostKey: string;
    readonly hostPublicKey: string;
}

/** What cloud-init does when a machine is born: one user, one key that opens it, and the host key that it is known by. */
export function userData(args: UserDataArgs): string {
    const document = yamlDocument({
        hostname: args.name,
        preserve_hostname: false,
        manage_etc_hosts: true,
        users: [
            {
                name: loginUser,
                gecos: "pulumi-kubeadm",
                // Ubuntu's images have a group of that name, beside which none could be made.
                no_user_group: true,
                groups: ["sudo"],
                shell: "/bin/bash",
                sudo: "ALL=(ALL) NOPASSWD:ALL",
                lock_passwd: true,
                ssh_authorized_keys: [args.authorizedKey.trim()],
            },
        ],
        disable_root: true,
        ssh_pwauth: false,
        ssh_deletekeys: true,
        ssh_genkeytypes: [],
        ssh_keys: { ed25519_private: args.hostKey, ed25519_public: args.hostPublicKey.trim() },
        // Until a machine has booted, sshd sends everybody away but root; a step that comes over the bastion does not try again.
        bootcmd: [["rm", "--force", "/run/nologin"]],
        package_update: true,
        packages: packages[args.kind],
        write_files: [
            { path: "/etc/ssh/sshd_config.d/pulumi-kubeadm.conf", permissions: "0644", content: sshd },
            ...(args.hasEtcdDisk
                ? [{ path: etcdDiskPath, permissions: "0700", content: etcdDisk.render({ NODE: args.name }) }]
                : []),
        ],
        ...(args.hasEtcdDisk ? { runcmd: [["bash", etcdDiskPath]] } : {}),
    });
    return `#cloud-config\n${document}`;
}
