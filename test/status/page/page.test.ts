import assert from "node:assert/strict";
import { escape } from "../../../status/page/escape";
import { page } from "../../../status/page/page";
import { picture } from "../../../status/page/picture";
import { short } from "../../../status/page/shapes";
import { describedBy } from "../../../status/described";
import { type Status, statusOf } from "../../../status/status";
import { describedCluster, type Differences, seenCluster, stackOutputs } from "../../support/seenCluster";

function status(differences: Differences = {}, controlPlanes = 3, workers = 2): Status {
    const described = describedCluster(controlPlanes, workers);
    return statusOf("prod", described, seenCluster(described, differences), { certificateDays: 30 });
}

const stopped = {
    services: [{ name: "kubelet", state: "inactive", running: "", installed: "1.37.1" }],
};

/** Names in the picture with the health that their colour and sign say. */
function boxes(svg: string): string[] {
    return [
        ...svg.matchAll(/<g class="box (\w+)">.*?<text class="name"[^>]*>([^<]*)<.*?<text class="sign"[^>]*>(.)</gs),
    ].map(([, health = "", name = "", sign = ""]) => `${name} ${health} ${sign}`);
}

describe("the picture of a cluster", () => {
    it("has load balancers, control planes with etcd, and workers, each with its health", () => {
        const svg = picture(
            status({
                machines: {
                    "worker-1": stopped,
                    "worker-2": "timed out",
                    "control-plane-2": { etcd: { error: "refused" } },
                },
            }),
        );

        assert.deepEqual(boxes(svg), [
            "load-balancer healthy ✓",
            "control-plane-1 healthy ✓",
            "control-plane-2 wrong ✕",
            "control-plane-3 healthy ✓",
            "worker-1 wrong ✕",
            "worker-2 unknown ?",
        ]);
        const members = [...svg.matchAll(/<g class="member (\w+)">.*?>(etcd[^<]*)</gs)].map(([, ...parts]) =>
            parts.join(" "),
        );
        assert.deepEqual(members, ["healthy etcd · leader", "wrong etcd · down", "healthy etcd · follower"]);
    });

    it("draws what a load balancer leads to", () => {
        const backends = [
            { name: "control-plane-1", state: "UP", check: "L7OK" },
            { name: "control-plane-2", state: "DOWN", check: "L4CON" },
        ];

        const svg = picture(status({ machines: { "load-balancer": { backends } } }));

        const edges = [...svg.matchAll(/<path class="edge (\w+)"/g)].map(([, health]) => health);
        assert.deepEqual(edges, ["healthy", "wrong", "unknown"]);
    });

    it("says what was found of a machine when the pointer is on it", () => {
        const svg = picture(status({ machines: { "worker-1": stopped } }));

        assert.match(svg, /<title>worker-1\nkubelet does not run \(inactive\)<\/title>/);
    });

    it("has external members of etcd in a row of their own", () => {
        const described = describedBy({
            ...stackOutputs(1, 0),
            facts: { clusterName: "dev", controlPlaneEndpoint: "172.30.0.5:6443", etcd: "external" },
            sshCommands: { "control-plane-1": "ssh a@1", "etcd-1": "ssh a@2" },
        });

        const svg = picture(statusOf("prod", described, seenCluster(described), { certificateDays: 30 }));

        assert.deepEqual(boxes(svg), ["172.30.0.5:6443 healthy ✓", "control-plane-1 healthy ✓", "etcd-1 healthy ✓"]);
    });

    it("has a square for each of many workers", () => {
        const svg = picture(status({ machines: { "worker-77": stopped } }, 7, 293));

        const squares = [...svg.matchAll(/<g class="square (\w+)">/g)].map(([, health]) => health);
        assert.equal(squares.length, 293);
        assert.equal(squares.indexOf("wrong"), 76);
    });

    it("stays within its frame", () => {
        const svg = picture(status({}, 7, 293));

        const [, width = "", height = ""] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
        const rects = [...svg.matchAll(/<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g)];
        assert.equal(rects.length, 1 + 7 * 2 + 293);
        rects.forEach(([, x, y, w, h]) => {
            assert.ok(Number(x) >= 0 && Number(x) + Number(w) <= Number(width));
            assert.ok(Number(y) >= 0 && Number(y) + Number(h) <= Number(height));
        });
    });
});

describe("the page of a status", () => {
    it("needs nothing but itself", () => {
        assert.doesNotMatch(page(status()), /<script|<link|<img|@import|url\(|https?:/);
    });

    it("says in its title and badge how the cluster is", () => {
        assert.match(page(status()), /<title>dev: healthy<\/title>/);
        assert.match(
            page(status({ machines: { "worker-1": stopped } })),
            /<span class="badge wrong">✕ 1 thing is wrong<\/span>/,
        );
    });

    it("lists what was found, with what to do", () => {
        assert.match(
            page(status({ machines: { "worker-1": stopped } })),
            /<li class="wrong"><strong>worker-1<\/strong> kubelet does not run \(inactive\)<span class="quiet">systemctl start kubelet,/,
        );
    });

    it("takes no text of a machine for HTML", () => {
        const html = page(status({ machines: { "worker-1": `<script>alert("1")</script>` } }));

        assert.doesNotMatch(html, /<script/);
        assert.match(html, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/);
    });
});

describe("escape", () => {
    it("leaves nothing that HTML reads", () => {
        assert.equal(escape(`<a href="x" title='y'>&`), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
    });
});

describe("short", () => {
    const table: [text: string, letters: number, expected: string][] = [
        ["worker-1", 8, "worker-1"],
        ["control-plane-12", 9, "cont…e-12"],
        ["control-plane-12", 1, "c…2"],
    ];
    table.forEach(([text, letters, expected]) => {
        it(`of ${text} with room for ${letters} is ${expected}`, () => {
            assert.equal(short(text, letters), expected);
        });
    });
});
