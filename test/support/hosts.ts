/** Ten host keys. */
export const hostKeys: readonly string[] = Array.from(
    { length: 10 },
    (_, index) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${String(index).repeat(43)}`,
);

/** A machine for each name, at 10.0.0.1 and so on. */
export function hostsOf(names: readonly string[]): Record<string, { address: string; hostKey: string }> {
    return Object.fromEntries(
        names.map((name, index) => [name, { address: `10.0.0.${index + 1}`, hostKey: hostKeys[index] ?? "" }]),
    );
}
