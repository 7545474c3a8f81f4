import { homedir } from "node:os";
import { join } from "node:path";

/** Where the project's scripts keep what can be used again, and a Docker daemon that they start its data. */
export function cacheFolder(): string {
    return (
        process.env["PULUMI_KUBEADM_CACHE"] ??
        join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "pulumi-kubeadm")
    );
}
