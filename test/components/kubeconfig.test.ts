import assert from "node:assert/strict";
import { parse } from "yaml";
import { kubeconfig } from "../../components/kubeconfig";

describe("kubeconfig", () => {
    const args = {
        clusterName: "dev",
        server: "https://127.0.0.1:16443",
        caCertificate: "CA",
        clientCertificate: "CERTIFICATE",
        clientKey: "KEY",
    };

    it("holds one cluster and one user, and selects them", () => {
        assert.deepEqual(parse(kubeconfig(args)), {
            apiVersion: "v1",
            kind: "Config",
            clusters: [
                { name: "dev", cluster: { server: "https://127.0.0.1:16443", "certificate-authority-data": "Q0E=" } },
            ],
            users: [
                {
                    name: "kubernetes-admin",
                    user: { "client-certificate-data": "Q0VSVElGSUNBVEU=", "client-key-data": "S0VZ" },
                },
            ],
            contexts: [{ name: "kubernetes-admin@dev", context: { cluster: "dev", user: "kubernetes-admin" } }],
            "current-context": "kubernetes-admin@dev",
        });
    });
});
