import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Pki } from "../../components/pki";
import { caCertificate, caCertificateHash } from "../support/caCertificate";
import { type MockPulumi, mockPulumi, valueOf } from "../support/mockPulumi";
import { tlsOutputs } from "../support/tlsOutputs";

describe("Pki", () => {
    let engine: MockPulumi;
    let pki: Pki;

    beforeEach(async () => {
        engine = await mockPulumi({ outputs: tlsOutputs });
        pki = new Pki("pki", { etcd: "stacked", renewBeforeDays: 90 });
    });

    it("makes three CAs, the service account key and the admin certificate", async () => {
        const resources = await engine.resources();

        assert.deepEqual(
            resources.map(({ type, name }) => [type, name]),
            [
                ["kubeadm:index:Pki", "pki"],
                ["tls:index/locallySignedCert:LocallySignedCert", "pki-admin"],
                ["tls:index/privateKey:PrivateKey", "pki-admin-key"],
                ["tls:index/certRequest:CertRequest", "pki-admin-request"],
                ["tls:index/selfSignedCert:SelfSignedCert", "pki-etcd"],
                ["tls:index/privateKey:PrivateKey", "pki-etcd-key"],
                ["tls:index/selfSignedCert:SelfSignedCert", "pki-front-proxy"],
                ["tls:index/privateKey:PrivateKey", "pki-front-proxy-key"],
                ["tls:index/selfSignedCert:SelfSignedCert", "pki-kubernetes"],
                ["tls:index/privateKey:PrivateKey", "pki-kubernetes-key"],
                ["tls:index/privateKey:PrivateKey", "pki-service-account-key"],
            ],
        );
        const parents = resources.filter(({ name }) => name !== "pki").map(({ parent }) => parent);
        assert.deepEqual(new Set(parents), new Set(["urn:pulumi:stack::project::kubeadm:index:Pki::pki"]));
    });

    it("uses ECDSA keys only", async () => {
        const keys = (await engine.resources()).filter(({ type }) => type === "tls:index/privateKey:PrivateKey");

        assert.deepEqual(
            keys.map(({ inputs }) => inputs),
            Array<unknown>(5).fill({ algorithm: "ECDSA", ecdsaCurve: "P256" }),
        );
    });

    it("makes CAs for ten years, each with a key of its own", async () => {
        const ca = await engine.resource("pki-front-proxy");

        assert.deepEqual(ca.inputs, {
            privateKeyPem: "private pki-front-proxy-key",
            subject: { commonName: "front-proxy-ca" },
            isCaCertificate: true,
            allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
            setSubjectKeyId: true,
            validityPeriodHours: 87600,
        });
    });

    it("names the CAs as kubeadm does", async () => {
        const cas = (await engine.resources()).filter(({ type }) => type === "tls:index/selfSignedCert:SelfSignedCert");

        assert.deepEqual(
            cas.map(({ inputs }) => inputs.subject),
            [{ commonName: "etcd-ca" }, { commonName: "front-proxy-ca" }, { commonName: "kubernetes" }],
        );
    });

    it("signs a client certificate of a year for the operator", async () => {
        const request = await engine.resource("pki-admin-request");
        const certificate = await engine.resource("pki-admin");

        assert.deepEqual(request.inputs, {
            privateKeyPem: "private pki-admin-key",
            subject: { commonName: "kubernetes-admin", organization: "kubeadm:cluster-admins" },
        });
        assert.deepEqual(certificate.inputs, {
            certRequestPem: "request pki-admin-request",
            caCertPem: caCertificate,
            caPrivateKeyPem: "private pki-kubernetes-key",
            allowedUses: ["digital_signature", "client_auth"],
            validityPeriodHours: 8760,
            earlyRenewalHours: 720,
        });
        assert.equal(certificate.isSecret("caPrivateKeyPem"), true);
        assert.equal(request.isSecret("privateKeyPem"), true);
    });

    it("computes the hash of the cluster's CA", async () => {
        assert.equal(await valueOf(pki.caCertHash), caCertificateHash);
        assert.equal(await pulumi.isSecret(pki.caCertHash), false);
    });

    it("gives a control plane the CAs and the service account key, and nothing else", async () => {
        assert.deepEqual(await valueOf(pki.controlPlaneFiles), {
            "ca.crt": { content: caCertificate, mode: "0644" },
            "ca.key": { content: "private pki-kubernetes-key", mode: "0600" },
            "front-proxy-ca.crt": { content: caCertificate, mode: "0644" },
            "front-proxy-ca.key": { content: "private pki-front-proxy-key", mode: "0600" },
            "etcd/ca.crt": { content: caCertificate, mode: "0644" },
            "etcd/ca.key": { content: "private pki-etcd-key", mode: "0600" },
            "sa.pub": { content: "public pki-service-account-key", mode: "0644" },
            "sa.key": { content: "private pki-service-account-key", mode: "0600" },
        });
    });

    it("keeps every key secret, and no certificate", async () => {
        const secret = [pki.ca("etcd").keyPem, pki.admin.keyPem, pki.serviceAccountKey.privateKeyPem];
        const plain = [pki.ca("etcd").certPem, pki.admin.certPem, pki.serviceAccountKey.publicKeyPem];

        assert.deepEqual(await Promise.all(secret.map(pulumi.isSecret)), [true, true, true]);
        assert.deepEqual(await Promise.all(plain.map(pulumi.isSecret)), [false, false, false]);
        assert.equal(await pulumi.isSecret(pki.controlPlaneFiles), true);
    });

    it("gives a control plane of external etcd the client's certificate, and not the key of etcd's CA", async () => {
        const external = new Pki("external", { etcd: "external", renewBeforeDays: 90 });

        const files = await valueOf(external.controlPlaneFiles);

        assert.deepEqual(
            Object.keys(files).filter((file) => file.includes("etcd")),
            ["etcd/ca.crt", "apiserver-etcd-client.crt", "apiserver-etcd-client.key"],
        );
        const { inputs } = await engine.resource("external-etcd-client");
        assert.deepEqual(inputs.allowedUses, ["digital_signature", "client_auth"]);
        assert.equal(inputs.caPrivateKeyPem, "private external-etcd-key");
        assert.equal(inputs.earlyRenewalHours, 2160);
    });

    it("makes the same resources in a preview", async () => {
        const preview = await mockPulumi({ preview: true });
        new Pki("pki", { etcd: "stacked", renewBeforeDays: 90 });

        assert.equal((await preview.resources()).length, 11);
    });
});
