import assert from "node:assert/strict";
import { type LaneNode, turns } from "../../components/lanes";

describe("turns", () => {
    const cases: { title: string; nodes: LaneNode[]; expected: Record<string, string> }[] = [
        { title: "of a single node: it waits for none", nodes: lane("control-plane", "c1"), expected: {} },
        {
            title: "of a new cluster: control planes in turn, then all workers at once",
            nodes: [...lane("control-plane", "c1 c2 c3"), ...lane("worker", "w1 w2 w3")],
            expected: {
                c2: "c1 settled",
                c3: "c2 settled",
                w1: "c3 settled",
                w2: "c3 settled",
                w3: "c3 settled",
            },
        },
        {
            title: "of a cluster that runs: each when the one before is a member again",
            nodes: [...lane("control-plane", "c1* c2* c3*"), ...lane("worker", "w1* w2* w3*")],
            expected: { c2: "c1 member", c3: "c2 member", w1: "c3 member", w2: "w1 member", w3: "w2 member" },
        },
        {
            title: "of a new worker: it waits for the cluster's configuration, and no worker for it",
            nodes: [...lane("control-plane", "c1*"), ...lane("worker", "w1* w2 w3*")],
            expected: { w1: "c1 member", w2: "c1 settled", w3: "w1 member" },
        },
        {
            title: "of a new control plane: it takes its turn, and workers wait for it",
            nodes: [...lane("control-plane", "c1* c2* c3* c4 c5"), ...lane("worker", "w1*")],
            expected: { c2: "c1 member", c3: "c2 member", c4: "c3 settled", c5: "c4 settled", w1: "c5 member" },
        },
        {
            title: "of a replaced control plane: those after it wait for it",
            nodes: lane("control-plane", "c1* c2 c3*"),
            expected: { c2: "c1 settled", c3: "c2 member" },
        },
        {
            title: "of workers of which two may be away: each waits for the last but one",
            nodes: [...lane("control-plane", "c1*"), ...lane("worker", "w1* w2* w3* w4* w5*", 2)],
            expected: { w1: "c1 member", w2: "c1 member", w3: "w1 member", w4: "w2 member", w5: "w3 member" },
        },
        {
            title: "of fewer workers than may be away: they wait for control planes only",
            nodes: [...lane("control-plane", "c1*"), ...lane("worker", "w1* w2*", 3)],
            expected: { w1: "c1 member", w2: "c1 member" },
        },
        {
            title: "of two pools: neither waits for the other",
            nodes: [...lane("control-plane", "c1*"), ...lane("general", "g1* g2*"), ...lane("gpu", "x1* x2*")],
            expected: { g1: "c1 member", g2: "g1 member", x1: "c1 member", x2: "x1 member" },
        },
    ];

    for (const { title, nodes, expected } of cases) {
        it(title, () => {
            const found = [...turns(nodes)].map(([name, { after, until }]) => [name, `${after} ${until}`]);

            assert.deepEqual(Object.fromEntries(found), expected);
        });
    }
});

/** Nodes of one lane by name; those with a star are known. */
function lane(name: string, nodes: string, maxUnavailable = 1): LaneNode[] {
    return nodes.split(" ").map((node) => ({
        name: node.replace("*", ""),
        lane: name,
        maxUnavailable,
        isKnown: node.endsWith("*"),
    }));
}
