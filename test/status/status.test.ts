import assert from "node:assert/strict";
import { statusOf } from "../../status/status";
import { describedCluster, type Differences, etcdAnswers, inDays, seenCluster } from "../support/seenCluster";

const described = describedCluster(1, 1);

function status(differences: Differences = {}) {
    return statusOf("prod", described, seenCluster(described, differences), { certificateDays: 30 });
}

describe("the status of a cluster", () => {
    it("holds all that is shown, as plain values", () => {
        assert.deepEqual(status(), {
            schema: 1,
            stack: "prod",
            cluster: "dev",
            endpoint: "172.30.0.5:6443",
            at: "2026-11-21T12:00:00.000Z",
            health: "healthy",
            exitCode: 0,
            findings: [],
            nodes: [
                {
                    name: "control-plane-1",
                    role: "control-plane",
                    health: "healthy",
                    state: "Ready",
                    isSchedulable: true,
                    described: "1.37.1",
                    kubelet: "1.37.1",
                    controlPlane: ["1.37.1"],
                    containerd: "2.3.7",
                },
                {
                    name: "worker-1",
                    role: "worker",
                    health: "healthy",
                    state: "Ready",
                    isSchedulable: true,
                    described: "1.37.1",
                    kubelet: "1.37.1",
                    controlPlane: [],
                    containerd: "2.3.7",
                },
            ],
            etcdVoters: 1,
            etcd: [
                {
                    name: "control-plane-1",
                    health: "healthy",
                    state: "leader",
                    version: "3.7.0",
                    sizeBytes: 4194304,
                    quotaBytes: 2147483648,
                    alarms: [],
                },
            ],
            snapshots: [
                {
                    machine: "control-plane-1",
                    health: "healthy",
                    schedule: "active",
                    lastRun: "success",
                    newest: "2026-11-21T11:00:17.000Z",
                },
            ],
            loadBalancers: [{ name: "load-balancer", health: "healthy" }],
            backends: [
                {
                    loadBalancer: "load-balancer",
                    name: "control-plane-1",
                    health: "healthy",
                    state: "UP",
                    check: "L7OK",
                },
            ],
            certificates: [
                ["load-balancer", "/etc/haproxy/kubernetes-ca.crt", 3600],
                ["control-plane-1", "/var/lib/kubelet/pki/kubelet-client-current.pem", 364],
                ["control-plane-1", "/etc/kubernetes/pki/apiserver.crt", 365],
                ["worker-1", "/var/lib/kubelet/pki/kubelet-client-current.pem", 364],
                ["cluster", "kubeconfig", 360],
            ].map(([machine, file, daysLeft]) => ({
                machine,
                file,
                health: "healthy",
                end: inDays(Number(daysLeft)).toISOString(),
                daysLeft,
            })),
            drift: [
                { machine: "load-balancer", health: "healthy", files: 2, changed: [] },
                { machine: "control-plane-1", health: "healthy", files: 9, changed: [] },
                { machine: "worker-1", health: "healthy", files: 4, changed: [] },
            ],
        });
    });

    const exits: { title: string; differences: Differences; health: string; exitCode: number }[] = [
        {
            title: "0 when there are only notes",
            differences: { machines: { "worker-1": { recordedFiles: undefined } } },
            health: "healthy",
            exitCode: 0,
        },
        {
            title: "1 when something is wrong",
            differences: { kubeconfigEnd: inDays(20) },
            health: "wrong",
            exitCode: 1,
        },
        {
            title: "2 when something could not be learnt",
            differences: { machines: { "worker-1": "timed out" } },
            health: "unknown",
            exitCode: 2,
        },
        {
            title: "1 when something is wrong and something else could not be learnt",
            differences: { kubeconfigEnd: inDays(20), machines: { "worker-1": "timed out" } },
            health: "wrong",
            exitCode: 1,
        },
    ];
    exits.forEach(({ title, differences, health, exitCode }) => {
        it(`has the exit code ${title}`, () => {
            const seen = status(differences);

            assert.deepEqual([seen.health, seen.exitCode], [health, exitCode]);
        });
    });

    it("shows of a silent machine what the API knows", () => {
        const seen = status({ machines: { "worker-1": "timed out" } });

        assert.deepEqual(seen.nodes[1], {
            name: "worker-1",
            role: "worker",
            health: "unknown",
            state: "Ready",
            isSchedulable: true,
            described: "1.37.1",
            kubelet: "1.37.1",
            controlPlane: [],
            containerd: "",
        });
        assert.deepEqual(seen.drift[2], { machine: "worker-1", health: "unknown", files: null, changed: [] });
    });

    it("counts the votes that etcd counts, those of members that nobody described too", () => {
        const etcd = {
            ...etcdAnswers(["control-plane-1"], "control-plane-1"),
            members: JSON.stringify({ members: [{ ID: "101" }, { ID: "102" }, { ID: "103", isLearner: true }] }),
        };

        assert.equal(status({ machines: { "control-plane-1": { etcd } } }).etcdVoters, 2);
        assert.equal(status({ machines: { "control-plane-1": "timed out" } }).etcdVoters, 1);
    });

    it("does not know the member of etcd on a silent machine", () => {
        assert.deepEqual(status({ machines: { "control-plane-1": "timed out" } }).etcd, [
            {
                name: "control-plane-1",
                health: "unknown",
                state: "unknown",
                version: "",
                sizeBytes: 0,
                quotaBytes: 0,
                alarms: [],
            },
        ]);
    });

    it("does not take nodes for healthy of which the API says nothing", () => {
        const rows = status({ api: "timed out" }).nodes.map(({ name, health, state }) => [name, health, state]);

        assert.deepEqual(rows, [
            ["control-plane-1", "unknown", "unknown"],
            ["worker-1", "unknown", "unknown"],
        ]);
    });

    it("shows nodes that nobody described, and those that are missing", () => {
        const stray = {
            name: "stray",
            isReady: false,
            message: "",
            pressures: [],
            kubeletVersion: "1.36.4",
            isSchedulable: true,
            selfJoinedFor: "",
        };

        const rows = status({ api: [stray] }).nodes.map(({ name, role, state }) => [name, role, state]);

        assert.deepEqual(rows, [
            ["control-plane-1", "control-plane", "missing"],
            ["worker-1", "worker", "missing"],
            ["stray", "unknown", "NotReady"],
        ]);
    });
});
