import type { EtcdAnswers } from "./report";

/** A member in the member list of etcd. */
export interface ListedMember {
    readonly id: string;
    /** Empty until the member has started for the first time. */
    readonly name: string;
    readonly isLearner: boolean;
}

export interface Alarm {
    readonly memberId: string;
    /** NOSPACE or CORRUPT. */
    readonly name: string;
}

/** What a member of etcd says. */
export interface EtcdMember {
    readonly id: string;
    readonly clusterId: string;
    /** The id of the leader; "0" or empty without one. */
    readonly leaderId: string;
    readonly version: string;
    readonly sizeBytes: number;
    /** Size at which etcd takes no more writes. */
    readonly quotaBytes: number;
    readonly members: readonly ListedMember[];
    readonly alarms: readonly Alarm[];
    /** What the member says is wrong, or why it gave no answer; empty when it is healthy. */
    readonly problem: string;
}

const defaultQuotaBytes = 2 * 1024 ** 3;

/** What a member says, from the answers of etcd's JSON gateway. */
export function etcdMember(answers: EtcdAnswers): EtcdMember {
    try {
        return readAnswers(answers);
    } catch {
        return readAnswers({ error: "its answers are not those of etcd" });
    }
}

/** The gateway leaves out fields that are zero, and writes numbers of 64 bits as text. */
function readAnswers(answers: EtcdAnswers): EtcdMember {
    const status = fieldsOf(answers["status"]);
    const header = new Map<string, unknown>(Object.entries(status.get("header") ?? {}));
    const errors = listOf(status, "errors").map(String);
    return {
        id: textOf(header, "member_id"),
        clusterId: textOf(header, "cluster_id"),
        leaderId: textOf(status, "leader"),
        version: textOf(status, "version"),
        sizeBytes: Number(textOf(status, "dbSize")),
        quotaBytes: Number(textOf(status, "dbSizeQuota")) || defaultQuotaBytes,
        members: objectsOf(answers["members"], "members").map((each) => ({
            id: textOf(each, "ID"),
            name: textOf(each, "name"),
            isLearner: each.get("isLearner") === true,
        })),
        alarms: objectsOf(answers["alarms"], "alarms").map((each) => ({
            memberId: textOf(each, "memberID"),
            name: textOf(each, "alarm"),
        })),
        problem: answers["error"] ?? errors.join(", "),
    };
}

function objectsOf(answer: string | undefined, name: string): ReadonlyMap<string, unknown>[] {
    return listOf(fieldsOf(answer), name).map((each) => new Map(Object.entries(each ?? {})));
}

function listOf(fields: ReadonlyMap<string, unknown>, name: string): readonly unknown[] {
    const value = fields.get(name);
    return Array.isArray(value) ? value : [];
}

function textOf(fields: ReadonlyMap<string, unknown>, name: string): string {
    const value = fields.get(name);
    return typeof value === "string" ? value : "";
}

function fieldsOf(answer: string | undefined): ReadonlyMap<string, unknown> {
    const value: unknown = answer === undefined ? {} : JSON.parse(answer);
    return new Map(Object.entries(value ?? {}));
}
