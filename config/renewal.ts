import type { ClusterConfig } from "./clusterConfig";

/** kubeadm's certificates are good for 365 days; earlier than this, each update would renew them. */
const longest = 300;

/** How long before their end certificates are renewed. */
export function renewalRules({ renewCertificatesBefore: days }: ClusterConfig): string[] {
    return days >= 1 && days <= longest
        ? []
        : [
              `renewCertificatesBefore: ${days} days is not between 1 and ${longest}; kubeadm's certificates live 365 days`,
          ];
}

/**
 * By node, the day on which its certificates were last found to be due: today when they end too soon, else as before. A
 * changed day is what makes an update renew them.
 *
 * @param ends - the first day on which a certificate of each node ends, `2027-11-21`
 */
export function renewals(
    before: Readonly<Record<string, string>>,
    ends: Readonly<Record<string, string>>,
    { today, days }: { readonly today: string; readonly days: number },
): Record<string, string> {
    const limit = Date.parse(today) + days * 24 * 3600 * 1000;
    const found = Object.entries(ends).flatMap(([node, end]): [string, string][] => {
        const day = Date.parse(end) < limit ? today : before[node];
        return day === undefined ? [] : [[node, day]];
    });
    return Object.fromEntries(found);
}
