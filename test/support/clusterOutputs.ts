import type { runtime } from "@pulumi/pulumi";
import { tlsOutputs } from "./tlsOutputs";

/** A bootstrap token without its dot, as the random provider makes it. */
export const tokenText = "abcdef0123456789abcdef";

/** What the providers of a whole cluster give, for `mockPulumi`. The identity of a machine names its resource. */
export function clusterOutputs(resource: runtime.MockResourceArgs): Record<string, unknown> {
    switch (resource.type) {
        case "command:local:Command":
        case "command:remote:Command":
            return { stdout: `stdout of ${resource.name}` };
        case "random:index/randomPassword:RandomPassword":
            return { result: tokenText };
        default:
            return tlsOutputs(resource);
    }
}
