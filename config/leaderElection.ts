import type { ClusterConfig } from "./clusterConfig";
import { secondsOf } from "./kinds";

/** How much longer than a pause between attempts the renewal must go on; client-go's JitterFactor. */
const jitterFactor = 1.2;

/** Leader election: the components do not start unless the lease outlasts the renewal, and that outlasts a pause. */
export function leaderElectionRules(config: ClusterConfig): string[] {
    const keys = ["controllerManagerExtraArgs", "schedulerExtraArgs"] as const;
    return keys.flatMap((key) => {
        const given = (flag: string, standard: string) => String(config[key][flag] ?? standard);
        const lease = given("leader-elect-lease-duration", "15s");
        const renew = given("leader-elect-renew-deadline", "10s");
        const retry = given("leader-elect-retry-period", "2s");
        return [
            ...(secondsOf(lease) <= secondsOf(renew)
                ? [
                      `${key}: leader-elect-lease-duration ${lease} must be longer than leader-elect-renew-deadline ${renew}`,
                  ]
                : []),
            ...(secondsOf(renew) <= secondsOf(retry) * jitterFactor
                ? [
                      `${key}: leader-elect-renew-deadline ${renew} must be longer than ${jitterFactor} times ` +
                          `leader-elect-retry-period ${retry}`,
                  ]
                : []),
        ];
    });
}
