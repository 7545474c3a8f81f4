import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Authority, AuthorityName, Leaf } from "./certificates";
import {
    adminCertificate,
    authorities,
    authorityValidityHours,
    caCertHash,
    etcdCertificates,
    keyType,
    leafValidityHours,
} from "./certificates";

/** A certificate and its key, both PEM; the key is secret. */
export interface CertificateAndKey {
    readonly certPem: pulumi.Output<string>;
    readonly keyPem: pulumi.Output<string>;
}

/** The two halves of a key, both PEM; the private one is secret. */
export interface KeyPair {
    readonly publicKeyPem: pulumi.Output<string>;
    readonly privateKeyPem: pulumi.Output<string>;
}

/** A file for a machine, with its mode in octal. */
export interface PkiFile {
    readonly content: string;
    readonly mode: "0600" | "0644";
}

export interface PkiArgs {
    readonly etcd: "stacked" | "external";
    /** Days before their end from which the certificates of external etcd are renewed. */
    readonly renewBeforeDays: number;
}

/** The cluster's identity: its CAs, its service account key, and the operator's client certificate. */
export class Pki extends pulumi.ComponentResource {
    /** What service account tokens are signed with. */
    readonly serviceAccountKey: KeyPair;
    /** The operator's client certificate. */
    readonly admin: CertificateAndKey;
    /** Hash of the `kubernetes` CA's public key, by which a joining node recognises the cluster. */
    readonly caCertHash: pulumi.Output<string>;
    /** What a control plane needs before kubeadm runs, by path below /etc/kubernetes/pki. Secret as a whole. */
    readonly controlPlaneFiles: pulumi.Output<Record<string, PkiFile>>;
    /** With what the API servers and the program call external etcd. */
    readonly etcdClient: CertificateAndKey | undefined;

    private readonly authorities: Record<AuthorityName, CertificateAndKey>;

    constructor(name: string, { etcd, renewBeforeDays }: PkiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:index:Pki", name, {}, opts);

        const made = Object.entries(authorities).map(([ca, authority]) => [
            ca,
            makeAuthority(`${name}-${ca}`, authority, this),
        ]);
        // One for each entry of the table, which is what the key's type says.
        this.authorities = Object.fromEntries(made) as Record<AuthorityName, CertificateAndKey>;
        this.serviceAccountKey = makeKey(`${name}-service-account`, this);
        this.admin = issue(`${name}-admin`, this.ca("kubernetes"), adminCertificate, this);
        this.etcdClient =
            etcd === "stacked"
                ? undefined
                : issue(`${name}-etcd-client`, this.ca("etcd"), etcdCertificates(renewBeforeDays).client, this);
        this.caCertHash = this.ca("kubernetes").certPem.apply(caCertHash);
        this.controlPlaneFiles = controlPlaneFiles(this.authorities, this.serviceAccountKey, this.etcdClient);

        this.registerOutputs({ caCertHash: this.caCertHash });
    }

    /** One of the cluster's certificate authorities. */
    ca(name: AuthorityName): CertificateAndKey {
        return this.authorities[name];
    }
}

/** Makes a key, and a certificate for it that a CA signs. An address goes into the certificate, with loopback. */
export function issue(
    name: string,
    ca: CertificateAndKey,
    { commonName, organization, dnsNames, uses, earlyRenewalHours }: Leaf,
    parent: pulumi.Resource,
    address?: pulumi.Output<string>,
): CertificateAndKey {
    const { privateKeyPem } = makeKey(name, parent);
    const request = new tls.CertRequest(
        `${name}-request`,
        {
            privateKeyPem,
            subject: { commonName, ...(organization === undefined ? {} : { organization }) },
            ...(dnsNames === undefined ? {} : { dnsNames: [...dnsNames] }),
            ...(address === undefined ? {} : { ipAddresses: [address, "127.0.0.1"] }),
        },
        { parent },
    );
    const certificate = new tls.LocallySignedCert(
        name,
        {
            certRequestPem: request.certRequestPem,
            caCertPem: ca.certPem,
            caPrivateKeyPem: ca.keyPem,
            allowedUses: ["digital_signature", ...uses],
            validityPeriodHours: leafValidityHours,
            earlyRenewalHours,
        },
        { parent },
    );
    return { certPem: certificate.certPem, keyPem: privateKeyPem };
}

function makeKey(name: string, parent: pulumi.Resource): KeyPair {
    const key = new tls.PrivateKey(`${name}-key`, keyType, { parent });
    return { publicKeyPem: key.publicKeyPem, privateKeyPem: pulumi.secret(key.privateKeyPem) };
}

function makeAuthority(name: string, authority: Authority, parent: Pki): CertificateAndKey {
    const { privateKeyPem } = makeKey(name, parent);
    const certificate = new tls.SelfSignedCert(
        name,
        {
            privateKeyPem,
            subject: { commonName: authority.commonName },
            isCaCertificate: true,
            allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
            setSubjectKeyId: true,
            validityPeriodHours: authorityValidityHours,
        },
        { parent },
    );
    return { certPem: certificate.certPem, keyPem: privateKeyPem };
}

function controlPlaneFiles(
    made: Record<AuthorityName, CertificateAndKey>,
    { publicKeyPem, privateKeyPem }: KeyPair,
    etcdClient: CertificateAndKey | undefined,
): pulumi.Output<Record<string, PkiFile>> {
    return pulumi
        .all([made, publicKeyPem, privateKeyPem, etcdClient])
        .apply(([cas, saPublic, saPrivate, client]): Record<string, PkiFile> => ({
            ...certificateFiles(authorities.kubernetes.file, cas.kubernetes),
            ...certificateFiles(authorities["front-proxy"].file, cas["front-proxy"]),
            // Who has the key of etcd's CA can read all of etcd; with external etcd nobody but the program has it.
            ...(client === undefined
                ? certificateFiles(authorities.etcd.file, cas.etcd)
                : {
                      [`${authorities.etcd.file}.crt`]: { content: cas.etcd.certPem, mode: "0644" },
                      ...certificateFiles("apiserver-etcd-client", client),
                  }),
            "sa.pub": { content: saPublic, mode: "0644" },
            "sa.key": { content: saPrivate, mode: "0600" },
        }));
}

function certificateFiles(
    file: string,
    { certPem, keyPem }: pulumi.Unwrap<CertificateAndKey>,
): Record<string, PkiFile> {
    return {
        [`${file}.crt`]: { content: certPem, mode: "0644" },
        [`${file}.key`]: { content: keyPem, mode: "0600" },
    };
}
