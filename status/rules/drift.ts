import type { Finding } from "../finding";
import type { ChangedFile } from "../report";
import { reportOf } from "../seen";
import type { Rule } from "./rule";

/** Files on machines that are not as the stack describes them. */
export const driftRule: Rule = ({ machines }, seen) =>
    machines.flatMap(({ name: subject, role }): Finding[] => {
        const report = reportOf(seen, subject);
        if (report === undefined || role === "bastion") {
            return [];
        }
        if (report.recordedFiles === undefined) {
            return [
                {
                    severity: "note",
                    section: "drift",
                    subject,
                    what: "has no record of what its files should hold",
                    repair: "npm start writes it when the machine is settled next",
                },
            ];
        }
        return report.changedFiles.map((file) => changed(subject, file));
    });

function changed(subject: string, { path, state }: ChangedFile): Finding {
    if (state === "unknown") {
        return {
            severity: "note",
            section: "drift",
            subject,
            what: `${path} is a static pod that nobody described`,
            repair: "the kubelet runs every file in that folder, copies too; move it away unless it is meant",
        };
    }
    return {
        severity: "wrong",
        section: "drift",
        subject,
        what: state === "missing" ? `${path} is gone` : `${path} was changed`,
        repair: "npm start, if an update was interrupted; else put it back, or have the machine settled anew (docs/tasks/status.md); what is wanted belongs in the configuration",
    };
}
