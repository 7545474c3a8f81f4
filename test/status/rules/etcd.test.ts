import assert from "node:assert/strict";
import { describedBy } from "../../../status/described";
import { judge } from "../../../status/judge";
import { findings } from "../../support/findings";
import { etcdAnswers, seenCluster, stackOutputs } from "../../support/seenCluster";

const members = ["control-plane-1", "control-plane-2", "control-plane-3"];
const [first = "", second = "", third = ""] = members;

/** The answers of all members, each with another list of members. */
function listing(list: readonly { ID: string; name?: string; isLearner?: boolean }[]) {
    const answer = JSON.stringify({ members: list });
    return Object.fromEntries(
        members.map((name) => [name, { etcd: { ...etcdAnswers(members, name), members: answer } }]),
    );
}

const all = members.map((name, index) => ({ ID: String(101 + index), name }));

describe("the rule of etcd", () => {
    const table: {
        title: string;
        machines: NonNullable<Parameters<typeof findings>[0]["machines"]>;
        expected: string[];
    }[] = [
        {
            title: "tells a member that does not answer",
            machines: { [second]: { etcd: { error: "curl: (7) Failed to connect" } } },
            expected: [`wrong, etcd, ${second}: etcd is not healthy: curl: (7) Failed to connect`],
        },
        {
            title: "tells a control plane without etcd",
            machines: { [second]: { etcd: undefined } },
            expected: [`wrong, etcd, ${second}: etcd is not healthy: there is no etcd on the machine`],
        },
        {
            title: "tells a member that cannot read, which takes a quorum",
            machines: { [second]: { etcd: { ...etcdAnswers(members, second), error: "curl: (28) timed out" } } },
            expected: [`wrong, etcd, ${second}: etcd is not healthy: curl: (28) timed out`],
        },
        {
            title: "tells a member without a leader",
            machines: { [second]: { etcd: etcdAnswers(members, second, { leader: "0" }) } },
            expected: [`wrong, etcd, ${second}: etcd has no leader`],
        },
        {
            title: "passes on the errors that a member tells of itself",
            machines: { [second]: { etcd: etcdAnswers(members, second, { errors: ["etcdserver: no leader"] }) } },
            expected: [`wrong, etcd, ${second}: etcd is not healthy: etcdserver: no leader`],
        },
        {
            title: "tells an alarm at the member that it is of",
            machines: Object.fromEntries(
                members.map((name) => {
                    const alarms = JSON.stringify({ alarms: [{ memberID: "103", alarm: "NOSPACE" }] });
                    return [name, { etcd: { ...etcdAnswers(members, name), alarms } }];
                }),
            ),
            expected: [`wrong, etcd, ${third}: etcd has the alarm NOSPACE`],
        },
        {
            title: "tells an alarm of a member that does not answer",
            machines: {
                ...Object.fromEntries(
                    members.slice(0, 2).map((name) => {
                        const alarms = JSON.stringify({ alarms: [{ memberID: "103", alarm: "NOSPACE" }] });
                        return [name, { etcd: { ...etcdAnswers(members, name), alarms } }];
                    }),
                ),
                [third]: { etcd: { error: "connection refused" } },
            },
            expected: [
                `wrong, etcd, ${third}: etcd is not healthy: connection refused`,
                `wrong, etcd, ${third}: etcd has the alarm NOSPACE`,
            ],
        },
        {
            title: "tells a database that is nearly as large as it may be, by etcd's default",
            machines: { [second]: { etcd: etcdAnswers(members, second, { dbSize: "1932735283" }) } },
            expected: [`wrong, etcd, ${second}: etcd's database is 90 % of what it may be`],
        },
        {
            title: "tells a database that is nearly as large as it may be, by its own quota",
            machines: { [second]: { etcd: etcdAnswers(members, second, { dbSize: "900", dbSizeQuota: "1000" }) } },
            expected: [`wrong, etcd, ${second}: etcd's database is 90 % of what it may be`],
        },
        {
            title: "tells a control plane that is no member",
            machines: listing(all.slice(0, 2)),
            expected: [`wrong, etcd, ${third}: is no member of etcd`],
        },
        {
            title: "tells a member that nobody described",
            machines: listing([...all, { ID: "255", name: "control-plane-9" }]),
            expected: ["wrong, etcd, control-plane-9: is a member of etcd that nobody described"],
        },
        {
            title: "tells a member that never started, by the id that etcdctl takes",
            machines: listing([...all, { ID: "255" }]),
            expected: ["wrong, etcd, member ff: is a member of etcd that never started"],
        },
        {
            title: "tells a learner",
            machines: listing(all.map((member) => ({ ...member, isLearner: member.name === third }))),
            expected: [`wrong, etcd, ${third}: is a learner, which has no vote`],
        },
        {
            title: "tells members of different clusters that follow different leaders",
            machines: {
                [third]: {
                    etcd: etcdAnswers(members, third, { header: { cluster_id: "8", member_id: "103" }, leader: "103" }),
                },
            },
            expected: [
                "wrong, etcd, cluster: the members of etcd are of different clusters",
                "wrong, etcd, cluster: the members of etcd follow different leaders",
            ],
        },
        {
            title: "says nothing of a member whose machine is silent",
            machines: { [first]: "timed out" },
            expected: [`unknown, nodes, ${first}: no report over SSH: timed out`],
        },
    ];
    table.forEach(({ title, machines, expected }) => {
        it(title, () => {
            assert.deepEqual(findings({ machines }), expected);
        });
    });

    it("looks for external members on machines of their own", () => {
        const outputs = stackOutputs(1, 0);
        const described = describedBy({
            ...outputs,
            facts: { clusterName: "dev", controlPlaneEndpoint: "172.30.0.5:6443", etcd: "external" },
            sshCommands: { "control-plane-1": "ssh admin@172.30.0.11", "etcd-1": "ssh admin@172.30.0.21" },
        });
        const seen = seenCluster(described, { machines: { "etcd-1": { etcd: { error: "refused" } } } });

        assert.deepEqual(
            judge(described, seen, { certificateDays: 30 }).map(({ subject, what, repair }) => [subject, what, repair]),
            [["etcd-1", "etcd is not healthy: refused", "journalctl -u etcd, on the machine"]],
        );
    });
});
