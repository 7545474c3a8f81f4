import assert from "node:assert/strict";
import { describedBy, kubeconfigOf, nodesOf } from "../../status/described";
import { stackOutputs } from "../support/seenCluster";

describe("the description of a cluster", () => {
    it("comes from the stack's outputs", () => {
        assert.deepEqual(describedBy(stackOutputs(1, 1)), {
            autoscalingPools: ["batch"],
            clusterName: "dev",
            endpoint: "172.30.0.5:6443",
            machines: [
                {
                    name: "load-balancer",
                    role: "load-balancer",
                    ssh: ["-i", ".state/dev/login-key", "admin@load-balancer"],
                },
                {
                    name: "control-plane-1",
                    role: "control-plane",
                    version: "1.37.1",
                    ssh: ["-i", ".state/dev/login-key", "admin@control-plane-1"],
                },
                {
                    name: "worker-1",
                    role: "worker",
                    version: "1.37.1",
                    ssh: ["-i", ".state/dev/login-key", "admin@worker-1"],
                },
            ],
            etcdMembers: ["control-plane-1"],
        });
        assert.equal(kubeconfigOf(stackOutputs()), "the kubeconfig");
    });

    it("knows machines of etcd by their role, or by their name when they are no nodes", () => {
        const described = describedBy({
            ...stackOutputs(),
            facts: { clusterName: "dev", controlPlaneEndpoint: "lb:6443", etcd: "external" },
            nodes: [
                { name: "control-plane-1", role: "control-plane", version: "1.37.1" },
                { name: "store", role: "etcd" },
            ],
            sshCommands: { "control-plane-1": "ssh a@1", "etcd-1": "ssh a@2", store: "ssh a@3" },
        });

        assert.deepEqual(described.etcdMembers, ["etcd-1", "store"]);
        assert.deepEqual(
            nodesOf(described).map(({ name }) => name),
            ["control-plane-1"],
        );
    });

    it("calls a machine what Kubernetes calls it", () => {
        const { machines, etcdMembers } = describedBy({
            ...stackOutputs(),
            nodes: [
                {
                    name: "control-plane-1",
                    nodeName: "control-plane-1-i0a1b2",
                    role: "control-plane",
                    version: "1.37.1",
                },
            ],
            sshCommands: { bastion: "ssh a@1", "control-plane-1": "ssh a@2" },
        });

        assert.deepEqual(
            machines.map(({ name, ssh }) => [name, ssh]),
            [
                ["bastion", ["a@1"]],
                ["control-plane-1-i0a1b2", ["a@2"]],
            ],
        );
        assert.deepEqual(etcdMembers, ["control-plane-1-i0a1b2"]);
    });

    it("keeps a way over another machine together", () => {
        const way = 'ssh -i key -o ProxyCommand="ssh -i key -W %h:%p admin@198.51.100.1" admin@10.0.0.1';
        const { machines } = describedBy({ ...stackOutputs(), sshCommands: { bastion: "ssh a@1", "worker-1": way } });

        assert.deepEqual(
            machines.map(({ role, ssh }) => [role, ssh]),
            [
                ["bastion", ["a@1"]],
                [
                    "worker",
                    ["-i", "key", "-o", "ProxyCommand=ssh -i key -W %h:%p admin@198.51.100.1", "admin@10.0.0.1"],
                ],
            ],
        );
    });

    it("tells a machine where kubectl runs by its name", () => {
        const { machines } = describedBy({ ...stackOutputs(), sshCommands: { admin: "ssh root@1" } });

        assert.deepEqual(
            machines.map(({ name, role }) => [name, role]),
            [["admin", "bastion"]],
        );
    });

    it("says what to do about outputs of a cluster that was never completed", () => {
        assert.throws(() => describedBy({}), {
            message: "the stack's outputs have no clusterName; run npm start, which completes the cluster",
        });
    });

    it("refuses a machine of which it does not know what it is for", () => {
        assert.throws(() => describedBy({ ...stackOutputs(), sshCommands: { "jump-host": "ssh a@1" } }), {
            message: "the stack's outputs do not say what the machine jump-host is for",
        });
    });
});
