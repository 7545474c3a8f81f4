import type { ClusterConfig } from "../config";

/** How much longer than a pause between attempts the renewal must go on; client-go's JitterFactor. */
const jitterFactor = 1.2;

const seconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Leader election: the components do not start unless the lease outlasts the renewal, and that outlasts a pause. */
export function leaderElectionRules(config: ClusterConfig): string[] {
    const keys = ["controllerManagerExtraArgs", "schedulerExtraArgs"] as const;
    return keys.flatMap((key) => {
        const given = (flag: string, standard: string) => String(config[key][flag] ?? standard);
        const lease = given("leader-elect-lease-duration", "15s");
        const renew = given("leader-elect-renew-deadline", "10s");
        const retry = given("leader-elect-retry-period", "2s");
        return [
            ...(toSeconds(lease) <= toSeconds(renew)
                ? [
                      `${key}: leader-elect-lease-duration ${lease} must be longer than leader-elect-renew-deadline ${renew}`,
                  ]
                : []),
            ...(toSeconds(renew) <= toSeconds(retry) * jitterFactor
                ? [
                      `${key}: leader-elect-renew-deadline ${renew} must be longer than ${jitterFactor} times ` +
                          `leader-elect-retry-period ${retry}`,
                  ]
                : []),
        ];
    });
}

/** The seconds of a duration as Go writes it, such as 1m30s; NaN when it is none. */
function toSeconds(duration: string): number {
    if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(duration)) {
        return NaN;
    }
    return [...duration.matchAll(/([\d.]+)(h|ms|m|s)/g)].reduce(
        (sum, [, count, unit = ""]) => sum + Number(count) * (seconds[unit] ?? NaN),
        0,
    );
}
