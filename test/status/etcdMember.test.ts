import assert from "node:assert/strict";
import { etcdMember } from "../../status/etcdMember";
import { etcdAnswers } from "../support/seenCluster";

describe("a member of etcd", () => {
    it("is read from the answers of etcd's gateway", () => {
        assert.deepEqual(etcdMember(etcdAnswers(["one", "two"], "two", { dbSizeQuota: "8589934592" })), {
            id: "102",
            clusterId: "7",
            leaderId: "101",
            version: "3.7.0",
            sizeBytes: 4194304,
            quotaBytes: 8589934592,
            members: [
                { id: "101", name: "one", isLearner: false },
                { id: "102", name: "two", isLearner: false },
            ],
            alarms: [],
            problem: "",
        });
    });

    const nothing = {
        id: "",
        clusterId: "",
        leaderId: "",
        version: "",
        sizeBytes: 0,
        quotaBytes: 2147483648,
        members: [],
        alarms: [],
    };

    it("that gave no answer has a problem", () => {
        assert.deepEqual(etcdMember({ error: "curl: (7) refused" }), { ...nothing, problem: "curl: (7) refused" });
    });

    it("that is something else has a problem", () => {
        assert.deepEqual(etcdMember({ status: "<html>" }), {
            ...nothing,
            problem: "its answers are not those of etcd",
        });
    });
});
