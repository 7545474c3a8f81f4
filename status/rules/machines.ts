import { type DescribedMachine } from "../described";
import { type Finding, sectionOf } from "../finding";
import type { MachineReport, Service } from "../report";
import { reportOf, type Seen } from "../seen";
import type { Rule } from "./rule";

/** What of a machine could not be learnt, and which of its services do not run as they should. */
export const machineRule: Rule = ({ machines }, seen) =>
    machines.flatMap((machine) => {
        const report = reportOf(seen, machine.name);
        return report === undefined
            ? [silent(machine, seen)]
            : [...unlearnt(machine, report), ...services(machine, report)];
    });

function silent({ name, role }: DescribedMachine, seen: Seen): Finding {
    const learnt = seen.machines.get(name);
    const lost =
        role === "bastion"
            ? ""
            : `; if it is lost, put ${name} into replace, or another machine into hosts, and run npm start`;
    return {
        severity: "unknown",
        section: sectionOf(role),
        subject: name,
        what: `no report over SSH: ${learnt !== undefined && "problem" in learnt ? learnt.problem : "it was not asked"}`,
        repair: `see whether the machine runs and is reached; the output sshCommands says how a person gets to it${lost}`,
    };
}

function unlearnt({ name, role }: DescribedMachine, { problems }: MachineReport): Finding[] {
    return problems.map((problem) => ({
        severity: "unknown",
        section: sectionOf(role),
        subject: name,
        what: problem,
        repair: "look at this service on the machine",
    }));
}

function services({ name, role }: DescribedMachine, report: MachineReport): Finding[] {
    return report.services.flatMap((service) => {
        const { state, running, installed } = service;
        const finding = { severity: "wrong", section: sectionOf(role), subject: name } as const;
        if (state !== "active") {
            return [{ ...finding, what: `${service.name} does not run (${state})`, repair: startIt(service) }];
        }
        if (installed !== "" && running !== "" && installed !== running) {
            return [
                {
                    ...finding,
                    what: `${service.name} ${running} runs, and ${installed} is installed`,
                    repair: `systemctl restart ${service.name}, on the machine`,
                },
            ];
        }
        return [];
    });
}

function startIt({ name }: Service): string {
    return `systemctl start ${name}, on the machine; journalctl -u ${name} says why it ended`;
}
