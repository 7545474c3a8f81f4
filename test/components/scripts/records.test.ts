import assert from "node:assert/strict";
import { kubeProxyConfiguration } from "../../../components/componentConfig";
import {
    cluster,
    down,
    manifest,
    phases,
    type RunningNode,
    runningNode,
    state,
    wanted,
} from "../../support/runningNode";

const upload = "init phase upload-config all";
const addons = ["init phase bootstrap-token --skip-token-print", "init phase addon all"];
const changed = { CONFIG: "kind: InitConfiguration\n---\nkind: ClusterConfiguration\nclusterName: other" };

describe("what a cluster records of its configuration", () => {
    let node: RunningNode;

    beforeEach(() => {
        node = runningNode("control-plane");
    });

    it("is brought to what is described once, after the static pods", () => {
        node.kubeadmWrites("kube-apiserver", manifest("new"));

        const run = node.settle(changed);

        assert.equal(run.stderr, "");
        assert.deepEqual(phases(run).slice(1, -1), [
            "ending kube-apiserver",
            "starting kube-apiserver",
            "recording the configuration in the cluster",
            "bringing kubeadm's addons to it",
        ]);
        assert.deepEqual(records(), [upload, ...addons]);
        node.settle(changed);
        assert.deepEqual(records(), [upload, ...addons]);
    });

    it("is not what only this node has: its own document", () => {
        const own = "kind: InitConfiguration\nname: another";

        node.settle({
            CONFIG: `${own}\n---\nkind: ClusterConfiguration\n---\nkind: KubeProxyConfiguration\nmode: nftables`,
        });

        assert.deepEqual(records(), []);
    });

    it("is that of kube-proxy too", () => {
        const settings = kubeProxyConfiguration("nftables", { conntrack: { min: 0 } });

        node.settle({ CONFIG: `kind: InitConfiguration\n---\nkind: ClusterConfiguration\n---\n${settings}` });

        assert.deepEqual(records(), [upload, ...addons]);
        assert.match(node.inputs(), /^mode: nftables\nconntrack:\n {2}min: 0$/m);
    });

    it("lacks the addons until all API servers have the version", () => {
        node.write(`${cluster}/version`, '{\n  "gitVersion": "v1.36.4"\n}\n');

        const run = node.settle(changed);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(records(), [upload]);

        node.write(`${cluster}/version`, '{\n  "gitVersion": "v1.37.1"\n}\n');
        node.settle(changed);
        assert.deepEqual(records(), [upload, upload, ...addons]);
    });

    it("gets the addons when another API server answers only when it is asked again", () => {
        node.write(down, "10.0.0.12:6443/version");

        const run = node.settle(changed, `sleep() { rm ${down}; }`);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(records(), [upload, ...addons]);
    });

    const silent = [
        {
            title: "another API server does not answer",
            part: "10.0.0.12:6443/version",
            seen: /waited 300 s .*\n[^]*seen: {4}the API server at 10\.0\.0\.12 does not say its version: refused\n/,
        },
        {
            title: "the cluster does not say which others there are",
            part: "get nodes",
            seen: /seen: {4}the cluster does not say which control planes it has\n/,
        },
    ];

    silent.forEach(({ title, part, seen }) => {
        it(`is not taken for complete while ${title}: nobody would bring the addons later`, () => {
            node.write(down, part);

            const run = node.settle(changed);

            assert.equal(run.status, 97);
            assert.match(run.stderr, seen);
            assert.deepEqual(records(), [upload]);

            node.remove(down);
            assert.equal(node.settle(changed).status, 0);
            assert.deepEqual(records(), [upload, upload, ...addons]);
        });
    });

    it("has kube-proxy restarted when its configuration has changed", () => {
        node.write(`${wanted}/kube-proxy`, "mode: iptables");

        node.settle(changed);

        assert.deepEqual(node.calls("kubectl").filter((line) => line.includes("rollout")).length, 1);
    });

    it("has kube-proxy restarted when an interrupted run has not", () => {
        node.write(`${wanted}/kube-proxy`, "mode: iptables");
        node.write(down, "rollout");
        assert.notEqual(node.settle(changed).status, 0);
        node.remove(down);

        node.settle(changed);

        assert.equal(node.calls("kubectl").filter((line) => line.includes("rollout")).length, 2);
        assert.equal(node.exists(`${state}/kube-proxy-changes`), false);
    });

    it("leaves kube-proxy alone when its configuration is the same", () => {
        node.settle(changed);

        assert.deepEqual(
            node.calls("kubectl").filter((line) => line.includes("rollout")),
            [],
        );
    });

    it("has the mode that kube-proxy can use on this machine", () => {
        node.stub("nft", "exit 1");

        const run = node.settle({ KUBE_PROXY_MODE: "auto" });

        assert.match(run.stdout, /nft does not work here; kube-proxy uses iptables/);
        assert.match(node.inputs(), /^mode: iptables$/m);
        assert.deepEqual(records(), [upload, ...addons]);
    });

    function records(): string[] {
        return node.kubeadm().filter((line) => [upload, ...addons].includes(line));
    }
});
