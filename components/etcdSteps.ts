import * as pulumi from "@pulumi/pulumi";
import type { ExtraArgs } from "../config/readers";
import { backupValues } from "./backup";
import type { NodeContext } from "./nodeContext";
import type { CertificateAndKey, Pki } from "./pki";
import type { Machine } from "./platforms/platform";
import type { Values } from "./remote/remoteScript";
import { partsOf } from "./software";

/** What a member of external etcd is made of. */
export interface MemberArgs {
    readonly machine: Machine;
    /** How many members there are meant to be. */
    readonly size: number;
    /** Client URLs of all members. */
    readonly endpoints: pulumi.Output<string[]>;
    readonly context: NodeContext;
}

/** The certificates of a member: as a server and towards the other members. */
export interface MemberCertificates {
    readonly server: CertificateAndKey;
    readonly peer: CertificateAndKey;
}

const pki = "/etc/etcd/pki";

/** Flags that a user may set otherwise: kubeadm's own for etcd, and learners that need not wait for each other. */
const defaultFlags = {
    "feature-gates": "InitialCorruptCheck=true",
    "max-learners": "5",
    "watch-progress-notify-interval": "5s",
};

/** Client URLs of members on these machines. */
export function clientUrls(machines: readonly Machine[]): pulumi.Output<string[]> {
    return pulumi.all(machines.map(({ address }) => pulumi.interpolate`https://${address}:2379`));
}

/** The member's plain description, which a preview shows field by field. */
export function describe({ machine, context }: MemberArgs): pulumi.Inputs {
    const { kubernetesVersion, etcdExtraArgs } = context.clusterConfiguration;
    return {
        role: machine.role,
        address: machine.address,
        etcdVersion: partsOf(kubernetesVersion).etcdRelease,
        flags: machine.address.apply((address) => etcdFlags(machine.name, address, etcdExtraArgs)),
    };
}

/** The flags of a member, by name. */
export function etcdFlags(name: string, address: string, extraArgs: ExtraArgs): Record<string, string> {
    const given = Object.entries(extraArgs).map(([flag, value]) => [flag, [value].flat().join(",")] as const);
    return {
        name,
        "data-dir": "/var/lib/etcd",
        "listen-client-urls": `https://${address}:2379,https://127.0.0.1:2379`,
        "advertise-client-urls": `https://${address}:2379`,
        "listen-peer-urls": `https://${address}:2380`,
        "initial-advertise-peer-urls": `https://${address}:2380`,
        "client-cert-auth": "true",
        "trusted-ca-file": `${pki}/ca.crt`,
        "cert-file": `${pki}/server.crt`,
        "key-file": `${pki}/server.key`,
        "peer-client-cert-auth": "true",
        "peer-trusted-ca-file": `${pki}/ca.crt`,
        "peer-cert-file": `${pki}/peer.crt`,
        "peer-key-file": `${pki}/peer.key`,
        ...defaultFlags,
        ...Object.fromEntries(given),
    };
}

/** The systemd unit of a member with these flags. */
export function etcdUnit(flags: Readonly<Record<string, string>>): string {
    const lines = Object.entries(flags).map(([flag, value]) => `  ${quoteForUnit(`--${flag}=${value}`)}`);
    return `[Unit]
Description=etcd
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
User=etcd
Group=etcd
UMask=0077
NoNewPrivileges=true
EnvironmentFile=/etc/etcd/first-start.env
ExecStart=/usr/local/bin/etcd \\
${lines.join(" \\\n")}
Restart=always
RestartSec=1
TimeoutStartSec=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target`;
}

/** As systemd reads it back, byte for byte. */
function quoteForUnit(text: string): string {
    return `"${text
        .replace(/[\\"]/g, String.raw`\$&`)
        .replaceAll("%", "%%")
        .replaceAll("$", "$$$$")}"`;
}

/** Values of etcd-prepare.sh. */
export function prepareValues(args: MemberArgs, certificates: MemberCertificates): Values {
    const { machine, context } = args;
    return {
        NODE: machine.name,
        ADDRESS: machine.address,
        ETCD_CA: context.pki.ca("etcd").certPem,
        MIRROR: context.mirror,
        DOWNLOADS: context.downloads,
        ...fileValues(args, certificates),
    };
}

/** Values of etcd-init.sh; the checksum is that of the snapshot to restore, empty for none. */
export function initValues({ machine, size, endpoints }: MemberArgs, snapshotChecksum: string): Values {
    return {
        NODE: machine.name,
        ADDRESS: machine.address,
        IDENTITY: machine.identity,
        ETCD_ENDPOINTS: endpoints,
        ETCD_SIZE: size,
        SNAPSHOT_CHECKSUM: snapshotChecksum,
    };
}

/** Values of etcd-admit.sh. */
export function admitValues({ machine, endpoints, context }: MemberArgs): Values {
    return {
        NODE: machine.name,
        ADDRESS: machine.address,
        IDENTITY: machine.identity,
        ...clientValues(context.pki, endpoints),
    };
}

/** What the admin machine needs to be a client of etcd. */
export function clientValues(identity: Pki, endpoints: pulumi.Output<string[]>): Values {
    return {
        ETCD_ENDPOINTS: endpoints,
        ETCD_CA: identity.ca("etcd").certPem,
        ETCD_CERTIFICATE: identity.etcdClient?.certPem ?? "",
        ETCD_KEY: identity.etcdClient?.keyPem ?? "",
    };
}

/** Values of etcd-join.sh. */
export function joinValues({ machine, endpoints }: MemberArgs): Values {
    return {
        NODE: machine.name,
        ADDRESS: machine.address,
        IDENTITY: machine.identity,
        ETCD_ENDPOINTS: endpoints,
    };
}

/** Values of etcd-settle.sh. */
export function settleValues(args: MemberArgs, certificates: MemberCertificates): Values {
    const { machine, size, endpoints, context } = args;
    const { kubernetesVersion } = context.clusterConfiguration;
    return {
        NODE: machine.name,
        ADDRESS: machine.address,
        KUBERNETES_VERSION: kubernetesVersion,
        ETCD_MINIMUM: partsOf(kubernetesVersion).etcdMinimum,
        ETCD_SIZE: size,
        ETCD_ENDPOINTS: endpoints,
        MIRROR: context.mirror,
        DOWNLOADS: context.downloads,
        ...backupValues(context.etcdSnapshots),
        ...fileValues(args, certificates),
    };
}

function fileValues({ machine, context }: MemberArgs, { server, peer }: MemberCertificates): Values {
    const files = {
        "ca.crt": context.pki.ca("etcd").certPem,
        "server.crt": server.certPem,
        "server.key": server.keyPem,
        "peer.crt": peer.certPem,
        "peer.key": peer.keyPem,
    };
    return {
        PKI_NAMES: Object.keys(files),
        PKI_CONTENTS: pulumi.all(Object.values(files)).apply((texts) => texts.map((text) => text.trimEnd())),
        ETCD_UNIT: machine.address.apply((address) =>
            etcdUnit(etcdFlags(machine.name, address, context.clusterConfiguration.etcdExtraArgs)),
        ),
    };
}
