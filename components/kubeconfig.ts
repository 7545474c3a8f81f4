import { yamlDocument } from "./yamlDocument";

export interface KubeconfigArgs {
    readonly clusterName: string;
    /** URL of the API server: `https://host:port`. */
    readonly server: string;
    /** PEM, as the other two. */
    readonly caCertificate: string;
    readonly clientCertificate: string;
    readonly clientKey: string;
    /** @default kubernetes-admin */
    readonly user?: string;
}

/** A kubeconfig with one cluster, one user who has a client certificate, and nothing outside the file. */
export function kubeconfig(args: KubeconfigArgs): string {
    const user = args.user ?? "kubernetes-admin";
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

function base64(text: string): string {
    return Buffer.from(text).toString("base64");
}
