import { yamlDocument } from "../yamlDocument";
import { policy } from "./awsPolicy";
import type { CredentialProvider } from "./platform";

/** The kubelet's way to a login of Amazon's registries; it needs nothing of the cluster's version. */
const version = "1.31.0";
const site = `artifacts.k8s.io/binaries/cloud-provider-aws/v${version}/linux`;
const name = "ecr-credential-provider";

/** What every node may ask the registries of its account, as a policy of its role. Images are read, never written. */
export const ecrPolicy = policy([
    { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: "arn:*:ecr:*:*:repository/*",
    },
]);

/** The kubelet's plugin that asks for a login with the role of the instance. */
export const ecrCredentialProvider: CredentialProvider = {
    name,
    downloads: (["amd64", "arm64"] as const).map((architecture) => {
        const path = `${site}/${architecture}/${name}-linux-${architecture}`;
        return [name, architecture, path, "-", `${path}.sha256`].join(" ");
    }),
    config: yamlDocument({
        apiVersion: "kubelet.config.k8s.io/v1",
        kind: "CredentialProviderConfig",
        providers: [
            {
                name,
                apiVersion: "credentialprovider.kubelet.k8s.io/v1",
                defaultCacheDuration: "12h",
                // A star stands for one label, so each suffix has a pattern of its own.
                matchImages: [
                    "*.dkr.ecr.*.amazonaws.com",
                    "*.dkr.ecr-fips.*.amazonaws.com",
                    "*.dkr.ecr.*.amazonaws.com.cn",
                ],
            },
        ],
    }),
};
