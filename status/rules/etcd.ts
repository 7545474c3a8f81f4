import type { Described } from "../described";
import { type EtcdMember, etcdMember } from "../etcdMember";
import type { Finding } from "../finding";
import { reportOf, type Seen } from "../seen";
import type { Rule } from "./rule";

const fullShare = 0.8;

/** Members of etcd that are down, missing or strange, their alarms and their size. */
export const etcdRule: Rule = (described, seen) => {
    const answering = answeringMembers(described, seen);
    return [
        ...described.etcdMembers.flatMap((name) => memberFindings(name, described, seen)),
        ...alarmFindings(answering),
        ...listFindings(described, answering),
        ...agreement(answering),
    ];
};

/** What the member on a machine says; undefined when the machine gave no report. */
export function memberOn(machine: string, seen: Seen): EtcdMember | undefined {
    const report = reportOf(seen, machine);
    return report === undefined ? undefined : etcdMember(report.etcd ?? { error: "there is no etcd on the machine" });
}

function answeringMembers({ etcdMembers }: Described, seen: Seen): [string, EtcdMember][] {
    return etcdMembers.flatMap((name): [string, EtcdMember][] => {
        const member = memberOn(name, seen);
        return member === undefined || member.id === "" ? [] : [[name, member]];
    });
}

function memberFindings(subject: string, { machines, etcdVersion }: Described, seen: Seen): Finding[] {
    const member = memberOn(subject, seen);
    const finding = { severity: "wrong", section: "etcd", subject } as const;
    if (member === undefined) {
        return [];
    }
    const isStacked = machines.some(({ name, role }) => name === subject && role === "control-plane");
    const look = isStacked
        ? `see /etc/kubernetes/manifests/etcd.yaml and /var/log/pods/kube-system_etcd-${subject}_*, on the machine`
        : "journalctl -u etcd, on the machine";
    const findings: Finding[] = [];
    if (member.problem !== "") {
        findings.push({ ...finding, what: `etcd is not healthy: ${member.problem}`, repair: look });
    } else if (member.leaderId === "" || member.leaderId === "0") {
        findings.push({ ...finding, what: "etcd has no leader", repair: "bring the other members back first" });
    }
    if (etcdVersion !== undefined && member.version !== "" && member.version !== etcdVersion) {
        const what = `etcd ${member.version} runs, and ${etcdVersion} is described`;
        findings.push({ ...finding, what, repair: "npm start brings it to the described version" });
    }
    if (member.sizeBytes > fullShare * member.quotaBytes) {
        const percent = Math.round((100 * member.sizeBytes) / member.quotaBytes);
        const repair = "find out what writes so much; defragment, or raise quota-backend-bytes in etcdExtraArgs";
        findings.push({ ...finding, what: `etcd's database is ${percent} % of what it may be`, repair });
    }
    return findings;
}

/** Alarms count for the whole cluster, also those of a member that does not answer. */
function alarmFindings(answering: readonly [string, EtcdMember][]): Finding[] {
    const alarms = answering.flatMap(([, member]) => member.alarms);
    const raised = new Map(alarms.map((alarm) => [`${alarm.memberId} ${alarm.name}`, alarm]));
    return [...raised.values()].map(({ memberId, name }) => ({
        severity: "wrong",
        section: "etcd",
        subject: memberList(answering)?.find(({ id }) => id === memberId)?.name ?? `member ${hex(memberId)}`,
        what: `etcd has the alarm ${name}`,
        repair: "free space with etcdctl compact and defrag, then etcdctl alarm disarm",
    }));
}

/** How many members vote, as the first that answers says; else as many as are described. */
export function voters(described: Described, seen: Seen): number {
    const members = memberList(answeringMembers(described, seen));
    return members?.filter(({ isLearner }) => !isLearner).length ?? described.etcdMembers.length;
}

/** The list of members of the first that answers. */
function memberList(answering: readonly [string, EtcdMember][]): EtcdMember["members"] | undefined {
    return answering.map(([, { members }]) => members).find((members) => members.length > 0);
}

/** That list against the description. */
function listFindings({ etcdMembers }: Described, answering: readonly [string, EtcdMember][]): Finding[] {
    const members = memberList(answering);
    if (members === undefined) {
        return [];
    }
    const finding = { severity: "wrong", section: "etcd" } as const;
    const missing = etcdMembers
        .filter((name) => !members.some((member) => member.name === name))
        .map((subject) => ({
            ...finding,
            subject,
            what: "is no member of etcd",
            repair: "npm start joins it; if it is a node already, replace its machine",
        }));
    const strange = members
        .filter(({ name }) => !etcdMembers.includes(name))
        .map(({ id, name }) => ({
            ...finding,
            subject: name === "" ? `member ${hex(id)}` : name,
            what: name === "" ? "is a member of etcd that never started" : "is a member of etcd that nobody described",
            repair: `if it is left of an earlier machine: etcdctl member remove ${hex(id)}`,
        }));
    const learners = members
        .filter(({ name, isLearner }) => isLearner && etcdMembers.includes(name))
        .map(({ name: subject }) => ({
            ...finding,
            subject,
            what: "is a learner, which has no vote",
            repair: "npm start ends its join",
        }));
    return [...missing, ...strange, ...learners];
}

/** Members with different leaders or of different clusters do not hold the same data. */
function agreement(answering: readonly [string, EtcdMember][]): Finding[] {
    const finding = { severity: "wrong", section: "etcd", subject: "cluster" } as const;
    const repair = "see the network between the members, and their logs";
    const clusters = new Set(answering.map(([, { clusterId }]) => clusterId));
    const leaders = new Set(answering.map(([, { leaderId }]) => leaderId).filter((id) => id !== "" && id !== "0"));
    return [
        ...(clusters.size > 1 ? [{ ...finding, what: "the members of etcd are of different clusters", repair }] : []),
        ...(leaders.size > 1 ? [{ ...finding, what: "the members of etcd follow different leaders", repair }] : []),
    ];
}

/** As etcdctl writes an id. */
function hex(id: string): string {
    return BigInt(id === "" ? 0 : id).toString(16);
}
