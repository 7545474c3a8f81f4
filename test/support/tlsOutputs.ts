import type { runtime } from "@pulumi/pulumi";
import { caCertificate } from "./caCertificate";

/** What the tls provider gives, for `mockPulumi`: keys and certificates that name their resource, but for real CAs. */
export function tlsOutputs({ type, name }: runtime.MockResourceArgs): Record<string, unknown> {
    return outputs[type]?.(name) ?? {};
}

const outputs: Readonly<Record<string, (name: string) => Record<string, unknown>>> = {
    "tls:index/privateKey:PrivateKey": (name) => ({
        privateKeyPem: `private ${name}`,
        publicKeyPem: `public ${name}`,
        privateKeyOpenssh: `private openssh ${name}`,
        publicKeyOpenssh: `public openssh ${name}`,
    }),
    "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: caCertificate }),
    "tls:index/certRequest:CertRequest": (name) => ({ certRequestPem: `request ${name}` }),
    "tls:index/locallySignedCert:LocallySignedCert": (name) => ({ certPem: `certificate ${name}` }),
};
