import type { Finding } from "../finding";
import { reportOf } from "../seen";
import type { Rule } from "./rule";

const unit = "pulumi-kubeadm-etcd-snapshot";
/** The longest interval of a schedule, and time for a late run. */
const longestHours = 26;

/** Scheduled snapshots of etcd that are not taken. */
export const snapshotRule: Rule = ({ etcdMembers }, seen) =>
    etcdMembers.flatMap((subject): Finding[] => {
        const { schedule = "", lastRun = "", newest } = reportOf(seen, subject)?.snapshots ?? {};
        const age = newest === undefined ? 0 : Math.floor((seen.at.getTime() - newest.getTime()) / 3_600_000);
        const finding = { severity: "wrong", section: "snapshots", subject } as const;
        return [
            ...(["", "active"].includes(schedule)
                ? []
                : [
                      {
                          ...finding,
                          what: `the schedule of etcd's snapshots does not run (${schedule})`,
                          repair: `systemctl enable --now ${unit}.timer, on the machine`,
                      },
                  ]),
            ...(schedule === "active" && lastRun === "success" && age > longestHours
                ? [
                      {
                          ...finding,
                          what: `the newest snapshot of etcd is ${age} hours old, and its schedule runs`,
                          repair: `systemctl list-timers ${unit}.timer, on the machine, says when it runs; see its clock too`,
                      },
                  ]
                : []),
            ...(["", "success"].includes(lastRun)
                ? []
                : [
                      {
                          ...finding,
                          what: `the last scheduled snapshot of etcd failed (${lastRun})`,
                          repair: `journalctl -u ${unit}, on the machine, says why; most often its disk is full`,
                      },
                  ]),
        ];
    });
