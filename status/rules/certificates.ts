import type { Finding } from "../finding";
import { reportOf } from "../seen";
import type { Rule } from "./rule";

const dayMilliseconds = 24 * 60 * 60 * 1000;

/** Whole days from one time to another. */
export function daysBetween(from: Date, to: Date): number {
    return Math.floor((to.getTime() - from.getTime()) / dayMilliseconds);
}

/** Certificates that end soon, or that cannot be read. */
export const certificateRule: Rule = ({ machines }, seen, { certificateDays }) => {
    const onMachines = machines.flatMap(({ name: subject }) =>
        (reportOf(seen, subject)?.certificates ?? []).map(({ file, end }) => ({ subject, file, end })),
    );
    const all = [...onMachines, { subject: "cluster", file: "kubeconfig", end: seen.kubeconfigEnd }];
    return all.flatMap(({ subject, file, end }): Finding[] => {
        const finding = { section: "certificates", subject } as const;
        if (end === undefined) {
            const what = `the certificate in ${file} cannot be read`;
            return [{ ...finding, severity: "unknown", what, repair: "openssl x509 -in that file says what it is" }];
        }
        const days = daysBetween(seen.at, end);
        return days < certificateDays
            ? [{ ...finding, severity: "wrong", what: `${file} ${ends(days, end)}`, repair: renewal(file) }]
            : [];
    });
};

function ends(days: number, end: Date): string {
    const date = end.toISOString().slice(0, 10);
    if (days < 0) {
        return `ended on ${date}`;
    }
    return `ends in ${days === 1 ? "1 day" : `${days} days`}, on ${date}`;
}

/** Who renews a certificate, by its file; the first that fits. */
const renewals: readonly (readonly [RegExp, string])[] = [
    [/^kubeconfig$/, "npm start makes another one in the last month of its life"],
    [/\/kubelet-[a-z]+-current\.pem$/, "the kubelet renews it by itself; journalctl -u kubelet says why it did not"],
    [/\/(?:[a-z-]*-)?ca\.crt$/, "a CA has to be replaced in the whole cluster, which takes a plan"],
    [
        /^\/etc\/kubernetes\/(?:pki\/(?:apiserver|apiserver-[a-z]+-client|front-proxy-client|etcd\/[a-z-]+)\.crt|[a-z-]+\.conf)$/,
        "npm start renews what ends within renewCertificatesBefore days",
    ],
    [/^\/etc\/kubernetes\//, "it is not kubeadm's, so put another one there yourself"],
];

function renewal(file: string): string {
    return renewals.find(([pattern]) => pattern.test(file))?.[1] ?? "npm start renews it";
}
