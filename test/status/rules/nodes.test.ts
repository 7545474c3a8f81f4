import assert from "node:assert/strict";
import type { NodeObject } from "../../../status/nodeObject";
import { findings } from "../../support/findings";
import { describedCluster, seenCluster } from "../../support/seenCluster";
import { valueOf } from "../../../status/learnt";

const described = describedCluster();
const nodes = valueOf(seenCluster(described).api) ?? [];

/** The nodes of a healthy cluster with changes of one. */
function nodesWith(name: string, changes: Partial<NodeObject>): NodeObject[] {
    return nodes.map((node) => (node.name === name ? { ...node, ...changes } : node));
}

function selfJoined(changes: Partial<NodeObject>): NodeObject[] {
    return nodesWith("worker-1", changes).slice(-2, -1);
}

describe("the rule of nodes", () => {
    const table: { title: string; seen: Parameters<typeof findings>[0]; expected: string[] }[] = [
        {
            title: "tells a node that is not Ready, in the words of its condition",
            seen: { api: nodesWith("worker-1", { isReady: false, message: "Kubelet stopped posting." }) },
            expected: ["wrong, nodes, worker-1: is not Ready: Kubelet stopped posting."],
        },
        {
            title: "tells a machine that is no node",
            seen: { api: nodes.filter(({ name }) => name !== "worker-2") },
            expected: ["wrong, nodes, worker-2: is described and no node of the cluster"],
        },
        {
            title: "tells a node that nobody described",
            seen: {
                api: [
                    ...nodes,
                    ...nodesWith("worker-1", {})
                        .slice(-1)
                        .map((node) => ({ ...node, name: "stray" })),
                ],
            },
            expected: ["wrong, nodes, stray: is a node of the cluster that nobody described"],
        },
        {
            title: "knows the nodes of described pools that come and go, and tells which are not Ready",
            seen: {
                api: [
                    ...nodes,
                    ...selfJoined({ name: "i-1", selfJoinedFor: "batch" }),
                    ...selfJoined({ name: "i-2", selfJoinedFor: "batch", isReady: false, message: "gone" }),
                    ...selfJoined({ name: "i-3", selfJoinedFor: "of-nobody" }),
                    ...selfJoined({ name: "i-4", selfJoinedFor: "batch", kubeletVersion: "1.36.4" }),
                    ...selfJoined({ name: "i-5", selfJoinedFor: "batch", pressures: ["PIDPressure: too many"] }),
                ],
            },
            expected: [
                "wrong, nodes, i-2: is not Ready: gone",
                "wrong, nodes, i-3: is a node of the cluster that nobody described",
                "wrong, nodes, i-5: PIDPressure: too many",
                "note, nodes, i-4: kubelet 1.36.4 runs, and 1.37.1 is described",
            ],
        },
        {
            title: "tells what a node is short of",
            seen: { api: nodesWith("worker-1", { pressures: ["DiskPressure: kubelet has disk pressure"] }) },
            expected: ["wrong, nodes, worker-1: DiskPressure: kubelet has disk pressure"],
        },
        {
            title: "notes a cordoned node",
            seen: { api: nodesWith("worker-1", { isSchedulable: false }) },
            expected: ["note, nodes, worker-1: takes no new pods (cordoned)"],
        },
        {
            title: "holds the kubelet against the described version, as the machine reports it",
            seen: {
                machines: {
                    "worker-1": {
                        services: [{ name: "kubelet", state: "active", running: "1.36.4", installed: "1.36.4" }],
                    },
                },
            },
            expected: ["wrong, nodes, worker-1: kubelet 1.36.4 runs, and 1.37.1 is described"],
        },
        {
            title: "takes the kubelet's version from the API when the machine is silent",
            seen: {
                machines: { "worker-1": "timed out" },
                api: nodesWith("worker-1", { kubeletVersion: "1.36.4" }),
            },
            expected: [
                "wrong, nodes, worker-1: kubelet 1.36.4 runs, and 1.37.1 is described",
                "unknown, nodes, worker-1: no report over SSH: timed out",
            ],
        },
        {
            title: "holds the components of a control plane against the described version, and misses none",
            seen: {
                machines: {
                    "control-plane-2": {
                        components: [
                            { name: "kube-apiserver", tag: "v1.36.4", isReady: true },
                            { name: "kube-controller-manager", tag: "v1.37.1", isReady: true },
                        ],
                    },
                },
            },
            expected: [
                "wrong, nodes, control-plane-2: kube-apiserver 1.36.4 runs, and 1.37.1 is described",
                "wrong, nodes, control-plane-2: kube-scheduler does not run",
            ],
        },
        {
            title: "tells a component that runs and is not ready",
            seen: {
                machines: {
                    "control-plane-1": {
                        components: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => ({
                            name,
                            tag: "v1.37.1",
                            isReady: name !== "kube-scheduler",
                        })),
                    },
                },
            },
            expected: ["wrong, nodes, control-plane-1: kube-scheduler is not ready"],
        },
        {
            title: "tells an API that does not answer while machines do",
            seen: { api: "connect ECONNREFUSED 127.0.0.1:16443" },
            expected: ["wrong, cluster, cluster: the API server does not answer: connect ECONNREFUSED 127.0.0.1:16443"],
        },
        {
            title: "blames nobody where this computer has no way to the API",
            seen: { api: "there is no way to it from here", isCutOff: true },
            expected: ["unknown, cluster, cluster: the API server does not answer: there is no way to it from here"],
        },
    ];
    table.forEach(({ title, seen, expected }) => {
        it(title, () => {
            assert.deepEqual(findings(seen), expected);
        });
    });

    it("does not blame the cluster when nothing at all can be reached", () => {
        const silent = Object.fromEntries(described.machines.map(({ name }) => [name, "No route to host"]));

        const severities = findings({ api: "timed out", machines: silent }).map((text) => text.split(",")[0]);

        assert.deepEqual([...new Set(severities)], ["unknown"]);
    });
});
