import { judge } from "../../status/judge";
import { describedCluster, type Differences, seenCluster } from "./seenCluster";

/** What is said of a cluster of three control planes and two workers that is healthy but for these differences. */
export function findings(differences: Differences, certificateDays = 30): string[] {
    const described = describedCluster();
    return judge(described, seenCluster(described, differences), { certificateDays }).map(
        ({ severity, section, subject, what }) => `${severity}, ${section}, ${subject}: ${what}`,
    );
}
