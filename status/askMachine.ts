import { spawn } from "node:child_process";
import type { Role } from "../components/platforms/platform";
import { Script } from "../components/remote/script";
import type { DescribedMachine } from "./described";
import type { Learnt } from "./learnt";
import { type MachineReport, parseReport } from "./report";

const inspect = new Script("inspect.sh", "drift.sh", "api-server.sh", "component-health.sh");

/** Longest that a machine may take to report, in seconds, and this computer to hear of it. */
const reportSeconds = 20;
const connectSeconds = 5;
const longestMilliseconds = (connectSeconds + reportSeconds + 5) * 1000;
const longestReport = 1_000_000;

/** The services that make a machine what it is. */
export const servicesOf: Readonly<Record<Role, readonly string[]>> = {
    "control-plane": ["kubelet", "containerd"],
    worker: ["kubelet", "containerd"],
    etcd: ["etcd"],
    "load-balancer": ["haproxy"],
    // It answers over SSH, or gives no report.
    bastion: [],
};

/** The arguments of `ssh` for a report: nobody is asked anything, only the pinned host key and the stack's key count. */
export function sshArguments({ ssh }: Pick<DescribedMachine, "ssh">): string[] {
    const settings = [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "GlobalKnownHostsFile=none",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        `ConnectTimeout=${connectSeconds}`,
        "ServerAliveInterval=5",
        "LogLevel=ERROR",
    ];
    const command = `sudo --non-interactive timeout --kill-after=5 ${reportSeconds} bash -s -- inspect`;
    return ["-F", "none", "-T", ...settings.flatMap((setting) => ["-o", setting]), ...ssh, command];
}

/** What a machine reports of itself, over one connection. The folder is the one that the paths of `ssh` start from. */
export function askMachine(machine: DescribedMachine, folder: string): Promise<Learnt<MachineReport>> {
    return new Promise((resolve) => {
        const child = spawn("ssh", sshArguments(machine), { cwd: folder, timeout: longestMilliseconds });
        let [stdout, stderr] = ["", ""];
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            stdout = (stdout + text).slice(0, longestReport);
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            stderr = (stderr + text).slice(0, longestReport);
        });
        child.once("error", ({ message }) => {
            resolve({ problem: message.includes("ENOENT") ? "ssh is missing; install OpenSSH's client" : message });
        });
        child.once("close", (code) => {
            resolve(reportFrom({ code, stdout, stderr }));
        });
        // A connection that fails ends before it has read the script.
        child.stdin.on("error", () => undefined);
        child.stdin.end(inspect.render({ NODE: machine.name, SERVICES: servicesOf[machine.role] }));
    });
}

/** How a run of ssh ended. */
export interface Ended {
    /** Null when a signal ended it. */
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** The report in what ssh printed, or the reason that there is none. */
export function reportFrom({ code, stdout, stderr }: Ended): Learnt<MachineReport> {
    if (code !== 0) {
        const seen = /^ *seen: *(.*)$/m.exec(stderr)?.[1];
        const last = stderr.trim().split("\n").at(-1) ?? "";
        const late = code === null || code === 124 || code === 137;
        return { problem: late ? `no report within ${reportSeconds} s` : (seen ?? (last || `ssh ended with ${code}`)) };
    }
    try {
        return { value: parseReport(stdout) };
    } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
    }
}
