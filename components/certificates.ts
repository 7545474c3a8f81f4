import { X509Certificate, createHash } from "node:crypto";

/** A certificate authority, and its file below /etc/kubernetes/pki without `.crt` and `.key`. */
export interface Authority {
    readonly commonName: string;
    readonly file: string;
}

/** The CAs that kubeadm expects on a control plane; it makes every certificate below them. */
export const authorities = {
    kubernetes: { commonName: "kubernetes", file: "ca" },
    "front-proxy": { commonName: "front-proxy-ca", file: "front-proxy-ca" },
    etcd: { commonName: "etcd-ca", file: "etcd/ca" },
} as const satisfies Record<string, Authority>;

/** The certificate authorities of a cluster. */
export type AuthorityName = keyof typeof authorities;

/** What every key of the cluster is. */
export const keyType = { algorithm: "ECDSA", ecdsaCurve: "P256" };

const day = 24;

/** How long a CA is good for: ten years, as kubeadm's own. */
export const authorityValidityHours = 3650 * day;

/** A certificate below one of the cluster's CAs. */
export interface Leaf {
    readonly commonName: string;
    readonly organization?: string;
    readonly dnsNames?: readonly string[];
    /** Whether it shows who serves, who calls, or both. */
    readonly uses: readonly ("server_auth" | "client_auth")[];
    /** How long before its end an update makes another one. */
    readonly earlyRenewalHours: number;
}

/** How long every certificate below a CA is good for. */
export const leafValidityHours = 365 * day;

/**
 * The operator's client certificate. A ClusterRoleBinding of kubeadm's makes its organization administrators, so it
 * can be revoked, unlike `system:masters`. In its last month, an `up` makes another one.
 */
export const adminCertificate: Leaf = {
    commonName: "kubernetes-admin",
    organization: "kubeadm:cluster-admins",
    uses: ["client_auth"],
    earlyRenewalHours: 30 * day,
};

/** The certificates of external etcd, which kubeadm does not make: those of a member, and the one of its clients. */
export function etcdCertificates(renewBeforeDays: number) {
    const earlyRenewalHours = renewBeforeDays * day;
    const member = (name: string): Leaf => ({
        commonName: name,
        dnsNames: [name, "localhost"],
        uses: ["server_auth", "client_auth"],
        earlyRenewalHours,
    });
    const client: Leaf = { commonName: "kube-apiserver-etcd-client", uses: ["client_auth"], earlyRenewalHours };
    return { member, client };
}

/** kubeadm's hash of a CA certificate: SHA-256 of its public key, so it stays the same when the CA is renewed. */
export function caCertHash(pem: string): string {
    const publicKey = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
    return `sha256:${createHash("sha256").update(publicKey).digest("hex")}`;
}
