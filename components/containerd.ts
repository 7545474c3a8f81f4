import type { Value } from "./remote/script";

/** Values of containerd-settings.sh: settings of the cluster, then those of a pool, each as TOML or empty. */
export function containerdValues(...settings: readonly string[]): Readonly<Record<string, Value>> {
    // The form of what the program gives containerd itself; without a version containerd takes it for its first one.
    return {
        CONTAINERD_SETTINGS: settings
            .filter((text) => text.trim() !== "")
            .map((text) => `version = 3\n${text.trimEnd()}`),
    };
}
