import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type EtcdSnapshots, minutesOf } from "../config/snapshots";
import type { Value } from "./remote/script";

/** The command that takes a snapshot, on each machine with a member of etcd. */
const snapshotScript = readFileSync(join(__dirname, "scripts", "etcd-snapshot.sh"), "utf8").trimEnd();

/** Values of backup.sh on a machine with a member of etcd. */
export function backupValues({ every, keep }: EtcdSnapshots): Readonly<Record<string, Value>> {
    const minutes = minutesOf(every);
    return {
        SNAPSHOT_SCRIPT: snapshotScript,
        SNAPSHOT_CALENDAR: minutes === undefined ? "" : calendar(minutes),
        SNAPSHOT_DELAY_SECONDS: String((minutes ?? 0) * 6),
        SNAPSHOT_KEEP: String(keep),
    };
}

/** The same on a machine without one. */
export const noBackup: Readonly<Record<string, Value>> = {
    SNAPSHOT_SCRIPT: "",
    SNAPSHOT_CALENDAR: "",
    SNAPSHOT_DELAY_SECONDS: "",
    SNAPSHOT_KEEP: "",
};

/** The points in time of an interval that divides an hour or a day, as systemd's OnCalendar takes them. */
export function calendar(minutes: number): string {
    if (minutes === 24 * 60) {
        return "*-*-* 00:00:00 UTC";
    }
    return minutes < 60 ? `*-*-* *:00/${minutes}:00 UTC` : `*-*-* 00/${minutes / 60}:00:00 UTC`;
}
