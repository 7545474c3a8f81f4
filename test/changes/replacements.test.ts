import assert from "node:assert/strict";
import { generationsAfter, replacementRules } from "../../changes/replacements";
import { neverRestored, restoreAfter } from "../../changes/restores";

describe("generationsAfter", () => {
    const nodes = ["control-plane-1", "worker-1", "worker-2"];
    const none = { nodes, replace: [], generations: {} };
    const cases: {
        title: string;
        before?: Partial<Parameters<typeof generationsAfter>[0]>;
        replace?: readonly string[];
        nodesAfter?: readonly string[];
        expected: Record<string, number>;
    }[] = [
        { title: "is empty where nothing was ever asked", expected: {} },
        { title: "is 1 for a name that is new in the list", replace: ["worker-1"], expected: { "worker-1": 1 } },
        {
            title: "is the same for a name that stays in the list",
            before: { replace: ["worker-1"], generations: { "worker-1": 1 } },
            replace: ["worker-1"],
            expected: { "worker-1": 1 },
        },
        {
            title: "is the same for a name that leaves the list",
            before: { replace: ["worker-1"], generations: { "worker-1": 1 } },
            expected: { "worker-1": 1 },
        },
        {
            title: "is one more for a name that comes back to the list",
            before: { generations: { "worker-1": 1 } },
            replace: ["worker-1"],
            expected: { "worker-1": 2 },
        },
        {
            title: "counts each name by itself",
            before: { replace: ["worker-1"], generations: { "worker-1": 4 } },
            replace: ["worker-1", "worker-2", "control-plane-1"],
            expected: { "control-plane-1": 1, "worker-1": 4, "worker-2": 1 },
        },
        {
            title: "says nothing of a node that had no machine before",
            replace: ["worker-3"],
            nodesAfter: [...nodes, "worker-3"],
            expected: {},
        },
        {
            title: "forgets a node that is gone",
            before: { generations: { "worker-2": 1 } },
            nodesAfter: ["control-plane-1", "worker-1"],
            expected: {},
        },
    ];

    for (const { title, before, replace = [], nodesAfter = nodes, expected } of cases) {
        it(title, () => {
            assert.deepEqual(generationsAfter({ ...none, ...before }, { nodes: nodesAfter, replace }), expected);
        });
    }
});

describe("another machine for a node", () => {
    const cluster = (controlPlanes: number, generations = {}, kubernetesVersion = "1.36.4") => ({
        platform: "local",
        kubernetesVersion,
        controlPlaneNodes: Array.from({ length: controlPlanes }, (_, index) => `control-plane-${index + 1}`),
        workerNodes: ["worker-1"] as readonly string[],
        etcdNodes: [] as readonly string[],
        generations,
        restore: neverRestored,
    });
    const restored = { restore: restoreAfter(neverRestored, "a.db", "abc") };
    const external = (etcdNodes: readonly string[], generations = {}) => ({ ...cluster(1, generations), etcdNodes });
    const members = ["etcd-1", "etcd-2", "etcd-3"];
    const addresses = (net: string) =>
        Object.fromEntries(members.map((name, index) => [name, `10.0.${net}.3${index + 1} key`]));
    const adminMoves = (machine: string) =>
        `hosts: ${machine} cannot be another machine in the update in which nodes leave (worker-1), ` +
        "for it takes them out; change it alone first, and the nodes in a second update";
    const only =
        "replace: control-plane-1 is the only control plane and alone holds the cluster's data; " +
        "set controlPlaneNodes to 3 first, and replace it in a second update";
    const all = { "control-plane-1": 1, "control-plane-2": 1, "control-plane-3": 1 };
    const cases: {
        title: string;
        from: Parameters<typeof replacementRules>[0];
        to: Parameters<typeof replacementRules>[1];
        expected: string[];
    }[] = [
        { title: "is allowed for all control planes", from: cluster(3), to: cluster(3, all), expected: [] },
        {
            title: "is allowed for a worker of a cluster with one control plane",
            from: cluster(1),
            to: cluster(1, { "worker-1": 1 }),
            expected: [],
        },
        {
            title: "is no matter when it was made before",
            from: cluster(1, { "control-plane-1": 1 }),
            to: cluster(1, { "control-plane-1": 1 }, "1.37.1"),
            expected: [],
        },
        {
            title: "is refused for the only control plane",
            from: cluster(1),
            to: cluster(1, { "control-plane-1": 1 }),
            expected: [only],
        },
        {
            title: "is refused for the only control plane also when others are to come",
            from: cluster(1),
            to: cluster(3, { "control-plane-1": 1 }),
            expected: [only],
        },
        {
            title: "is allowed for all members of external etcd",
            from: external(members),
            to: external(members, { "etcd-1": 1, "etcd-2": 1, "etcd-3": 1 }),
            expected: [],
        },
        {
            title: "is refused for the only member of external etcd",
            from: external(["etcd-1"]),
            to: external(["etcd-1"], { "etcd-1": 1 }),
            expected: [
                "replace: etcd-1 is the only member of etcd and alone holds the cluster's data; " +
                    "set etcdNodes to 3 first, and replace it in a second update",
            ],
        },
        {
            title: "is refused where no member of external etcd stays at its address",
            from: { ...external(members), machines: addresses("1") },
            to: { ...external(members), machines: addresses("2") },
            expected: [
                "etcdNodes: no member of etcd stays where it is while etcd-1, etcd-2, etcd-3 get other machines; " +
                    "change one member first, and the others in a second update",
            ],
        },
        {
            title: "is allowed where one of them does",
            from: { ...external(members), machines: addresses("1") },
            to: { ...external(members), machines: { ...addresses("2"), "etcd-3": "10.0.1.33 key" } },
            expected: [],
        },
        {
            title: "is refused for the one member of external etcd that stays",
            from: external(members),
            to: external(["etcd-1"], { "etcd-1": 1 }),
            expected: [
                "etcdNodes: no member of etcd stays where it is while etcd-1 gets another machine; " +
                    "change one member first, and the others in a second update",
            ],
        },
        {
            title: "is no matter when other members leave",
            from: external(members),
            to: external(["etcd-1"], { "worker-1": 1 }),
            expected: [],
        },
        {
            title: "is refused together with one for the machine that takes nodes out",
            from: { ...cluster(3), machines: { "load-balancer": "10.0.0.5 key", "worker-1": "10.0.0.21 key" } },
            to: { ...cluster(3), machines: { "load-balancer": "10.0.0.6 key", "worker-1": "10.0.0.22 key" } },
            expected: [adminMoves("load-balancer")],
        },
        {
            title: "is refused for the machine that takes nodes out when one leaves",
            from: { ...cluster(3), machines: { admin: "10.0.0.5 key" } },
            to: { ...cluster(3), workerNodes: [], machines: { admin: "10.0.0.5 other" } },
            expected: [adminMoves("admin")],
        },
        {
            title: "is refused when another one is to take nodes out",
            from: { ...cluster(3), machines: { "load-balancer": "10.0.0.5 key" } },
            to: { ...cluster(3, { "worker-1": 1 }), machines: { admin: "10.0.0.6 key" } },
            expected: [adminMoves("load-balancer")],
        },
        {
            title: "is allowed for the machine that takes nodes out when none leaves",
            from: { ...cluster(3), machines: { "load-balancer": "10.0.0.5 key" } },
            to: { ...cluster(3), workerNodes: ["worker-1", "worker-2"], machines: { "load-balancer": "10.0.0.6 key" } },
            expected: [],
        },
        {
            title: "is allowed for all in a restore",
            from: { ...cluster(3), machines: { "load-balancer": "10.0.0.5 key", "worker-1": "10.0.0.21 key" } },
            to: {
                ...cluster(3),
                ...restored,
                machines: { "load-balancer": "10.0.0.6 key", "worker-1": "10.0.0.22 key" },
            },
            expected: [],
        },
        {
            title: "is refused for the only control plane of external etcd, which holds no data",
            from: external(["etcd-1"]),
            to: external(["etcd-1"], { "control-plane-1": 1 }),
            expected: [only.replace("holds the cluster's data", "serves its API")],
        },
        {
            title: "is refused for the only control plane when the configuration names another one",
            from: { ...cluster(1), machines: { "control-plane-1": "10.0.0.11 key" } },
            to: { ...cluster(1), machines: { "control-plane-1": "10.0.0.12 key" } },
            expected: [only.replace("replace:", "hosts:")],
        },
        {
            title: "is refused for the only member of external etcd when the configuration names another one",
            from: { ...external(["etcd-1"]), machines: { "etcd-1": "10.0.0.31 key" } },
            to: { ...external(["etcd-1"]), machines: { "etcd-1": "10.0.0.32 key" } },
            expected: [
                "hosts: etcd-1 is the only member of etcd and alone holds the cluster's data; " +
                    "set etcdNodes to 3 first, and replace it in a second update",
            ],
        },
        {
            title: "is allowed for the only control plane and the only member of etcd in a restore",
            from: {
                ...external(["etcd-1"]),
                machines: { "control-plane-1": "10.0.0.11 key", "etcd-1": "10.0.0.31 key" },
            },
            to: {
                ...external(["etcd-1"]),
                ...restored,
                machines: { "control-plane-1": "10.0.0.12 key", "etcd-1": "10.0.0.32 key" },
            },
            expected: [],
        },
        {
            title: "is allowed in a restore of an earlier version",
            from: cluster(3, {}, "1.37.1"),
            to: { ...cluster(3, { "worker-1": 1 }, "1.36.4"), ...restored },
            expected: [],
        },
        {
            title: "is refused in a restore too when that one has another name until then",
            from: { ...cluster(3), machines: { "worker-1": "10.0.0.21 key", "worker-2": "10.0.0.22 key" } },
            to: { ...cluster(3), ...restored, machines: { "worker-1": "10.0.0.22 key" } },
            expected: [
                "hosts: worker-1 cannot have the machine of worker-2 before that was cleared; " +
                    "give worker-2 another one, or take it out, and give its machine to worker-1 in a second update",
            ],
        },
        {
            title: "is refused when that one has another name until then",
            from: { ...cluster(3), machines: { "worker-1": "10.0.0.21 key", "worker-2": "10.0.0.22 key" } },
            to: { ...cluster(3), machines: { "worker-1": "10.0.0.22 key", "worker-3": "10.0.0.23 key" } },
            expected: [
                "hosts: worker-1 cannot have the machine of worker-2 before that was cleared; " +
                    "give worker-2 another one, or take it out, and give its machine to worker-1 in a second update",
            ],
        },
        {
            title: "is no matter for a machine that is named for the first time",
            from: { ...cluster(1), machines: {} },
            to: { ...cluster(1), machines: { "control-plane-1": "10.0.0.11 key" } },
            expected: [],
        },
        {
            title: "is refused in an upgrade",
            from: cluster(3),
            to: cluster(3, { "worker-1": 2 }, "1.37.1"),
            expected: [
                "replace: an upgrade and other machines for nodes (worker-1) cannot be one update; " +
                    "upgrade first, then replace them",
            ],
        },
        {
            title: "is refused in an upgrade when it is to have another size",
            from: { ...cluster(3), sizes: { "worker-1": "2 CPUs", "worker-2": "2 CPUs" } },
            to: { ...cluster(3, {}, "1.37.1"), sizes: { "worker-1": "4 CPUs", "worker-2": "2 CPUs" } },
            expected: [
                "workerPools: an upgrade and other machines for nodes (worker-1) cannot be one update; " +
                    "upgrade first, then replace them",
            ],
        },
        {
            title: "is refused for the only control plane when it is to have another size",
            from: { ...cluster(1), platform: "aws", sizes: { "control-plane-1": "t3.medium" } },
            to: { ...cluster(1), platform: "aws", sizes: { "control-plane-1": "m7i.large" } },
            expected: [only.replace("replace", "awsMachines")],
        },
        {
            title: "is no matter for sizes that were not recorded, and those of new nodes",
            from: { ...cluster(3), sizes: { "worker-1": "2 CPUs" } },
            to: { ...cluster(3, {}, "1.37.1"), sizes: { "worker-1": "2 CPUs", "worker-2": "4 CPUs" } },
            expected: [],
        },
        {
            title: "is refused in an upgrade when the configuration names another one",
            from: { ...cluster(3), machines: { "worker-1": "10.0.0.21 key" } },
            to: { ...cluster(3, {}, "1.37.1"), machines: { "worker-1": "10.0.0.22 key" } },
            expected: [
                "hosts: an upgrade and other machines for nodes (worker-1) cannot be one update; " +
                    "upgrade first, then replace them",
            ],
        },
    ];

    for (const { title, from, to, expected } of cases) {
        it(title, () => {
            assert.deepEqual(replacementRules(from, to), expected);
        });
    }
});
