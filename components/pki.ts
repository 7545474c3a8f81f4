import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Authority, AuthorityName } from "./certificates";
import { adminCertificate, authorities, authorityValidityHours, caCertHash, keyType } from "./certificates";

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

    private readonly authorities: Record<AuthorityName, CertificateAndKey>;

    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:index:Pki", name, {}, opts);

        const made = Object.entries(authorities).map(([ca, authority]) => [
            ca,
            makeAuthority(`${name}-${ca}`, authority, this),
        ]);
        // One for each entry of the table, which is what the key's type says.
        this.authorities = Object.fromEntries(made) as Record<AuthorityName, CertificateAndKey>;
        this.serviceAccountKey = makeKey(`${name}-service-account`, this);
        this.admin = makeAdmin(`${name}-admin`, this.ca("kubernetes"), this);
        this.caCertHash = this.ca("kubernetes").certPem.apply(caCertHash);
        this.controlPlaneFiles = controlPlaneFiles(this.authorities, this.serviceAccountKey);

        this.registerOutputs({ caCertHash: this.caCertHash });
    }

    /** One of the cluster's certificate authorities. */
    ca(name: AuthorityName): CertificateAndKey {
        return this.authorities[name];
    }
}

function makeKey(name: string, parent: Pki): KeyPair {
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

function makeAdmin(name: string, ca: CertificateAndKey, parent: Pki): CertificateAndKey {
    const { commonName, organization, validityPeriodHours, earlyRenewalHours } = adminCertificate;
    const { privateKeyPem } = makeKey(name, parent);
    const request = new tls.CertRequest(
        `${name}-request`,
        { privateKeyPem, subject: { commonName, organization } },
        { parent },
    );
    const certificate = new tls.LocallySignedCert(
        name,
        {
            certRequestPem: request.certRequestPem,
            caCertPem: ca.certPem,
            caPrivateKeyPem: ca.keyPem,
            allowedUses: ["digital_signature", "client_auth"],
            validityPeriodHours,
            earlyRenewalHours,
        },
        { parent },
    );
    return { certPem: certificate.certPem, keyPem: privateKeyPem };
}

function controlPlaneFiles(
    made: Record<AuthorityName, CertificateAndKey>,
    { publicKeyPem, privateKeyPem }: KeyPair,
): pulumi.Output<Record<string, PkiFile>> {
    return pulumi
        .all([made, publicKeyPem, privateKeyPem])
        .apply(([cas, saPublic, saPrivate]): Record<string, PkiFile> => ({
            ...certificateFiles(authorities.kubernetes, cas.kubernetes),
            ...certificateFiles(authorities["front-proxy"], cas["front-proxy"]),
            ...certificateFiles(authorities.etcd, cas.etcd),
            "sa.pub": { content: saPublic, mode: "0644" },
            "sa.key": { content: saPrivate, mode: "0600" },
        }));
}

function certificateFiles(
    authority: Authority,
    { certPem, keyPem }: pulumi.Unwrap<CertificateAndKey>,
): Record<string, PkiFile> {
    return {
        [`${authority.file}.crt`]: { content: certPem, mode: "0644" },
        [`${authority.file}.key`]: { content: keyPem, mode: "0600" },
    };
}
