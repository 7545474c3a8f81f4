import type { Finding } from "../finding";
import { reportOf } from "../seen";
import type { Rule } from "./rule";

const unit = "pulumi-kubeadm-etcd-snapshot";

/** Scheduled snapshots of etcd that are not taken. */
export const snapshotRule: Rule = ({ etcdMembers }, seen) =>
    etcdMembers.flatMap((subject): Finding[] => {
        const { schedule = "", lastRun = "" } = reportOf(seen, subject)?.snapshots ?? {};
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
