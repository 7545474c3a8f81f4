import type { RegistryMirrors } from "../config/registryMirrors";
import type { Value } from "./remote/script";

/**
 * containerd's `hosts.toml` of a registry: each mirror is asked before it, in this order. A path is the root of the mirror's
 * API as it stands, `https://harbor.example.com/v2/proxy`.
 * https://github.com/containerd/containerd/blob/v2.3.0/docs/hosts.md
 */
export function hostsToml(urls: readonly string[]): string {
    return urls
        .map((url) =>
            [
                `[host."${url}"]`,
                'capabilities = ["pull", "resolve"]',
                ...(new URL(url).pathname === "/" ? [] : ["override_path = true"]),
            ].join("\n"),
        )
        .join("\n\n");
}

/** Values of containerd.sh for mirrors. */
export function mirrorValues(mirrors: RegistryMirrors): Readonly<Record<string, Value>> {
    return { REGISTRIES: Object.keys(mirrors), REGISTRY_HOSTS: Object.values(mirrors).map(hostsToml) };
}
