import * as pulumi from "@pulumi/pulumi";
import type { Pki } from "./pki";
import { yamlDocument } from "./yamlDocument";

const user = "kubernetes-admin";

export interface KubeconfigArgs {
    readonly clusterName: string;
    /** URL of the API server: `https://host:port`. */
    readonly server: string;
    /** PEM, as the other two. */
    readonly caCertificate: string;
    readonly clientCertificate: string;
    readonly clientKey: string;
}

/** A kubeconfig with one cluster, one user who has a client certificate, and nothing outside the file. */
export function kubeconfig(args: KubeconfigArgs): string {
    const context = `${user}@${args.clusterName}`;
    return yamlDocument({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
            {
                name: args.clusterName,
                cluster: { server: args.server, "certificate-authority-data": base64(args.caCertificate) },
            },
        ],
        users: [
            {
                name: user,
                user: {
                    "client-certificate-data": base64(args.clientCertificate),
                    "client-key-data": base64(args.clientKey),
                },
            },
        ],
        contexts: [{ name: context, context: { cluster: args.clusterName, user } }],
        "current-context": context,
    });
}

/** The kubeconfig of the administrator, for an endpoint `host:port`; secret. */
export function adminKubeconfig(clusterName: string, endpoint: pulumi.Output<string>, pki: Pki): pulumi.Output<string> {
    const parts = pulumi.all([endpoint, pki.ca("kubernetes").certPem, pki.admin]);
    return pulumi.secret(
        parts.apply(([address, caCertificate, { certPem, keyPem }]) =>
            kubeconfig({
                clusterName,
                server: `https://${address}`,
                caCertificate,
                clientCertificate: certPem,
                clientKey: keyPem,
            }),
        ),
    );
}

function base64(text: string): string {
    return Buffer.from(text).toString("base64");
}
