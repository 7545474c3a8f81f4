import assert from "node:assert/strict";
import { newCluster } from "../support/clusters";

describe("a cluster of one control plane without workers", () => {
    const one = newCluster("e2e-one", {
        platform: "local",
        controlPlaneNodes: 1,
        workerNodes: 0,
        localSubnet: "172.31.241.0/24",
        localApiPort: 27444,
    });

    it("comes up", async () => {
        await one.isStarted();

        assert.deepEqual(await one.readyNodes(), ["control-plane-1"]);
    });

    it("runs workloads", async () => {
        await one.kubectl([
            "rollout",
            "status",
            "--namespace",
            "kube-system",
            "deployment/coredns",
            "--timeout",
            "120s",
        ]);
        const template = "jsonpath={.items[*].spec.nodeName}";

        const places = await one.kubectl([
            "get",
            "pods",
            "--all-namespaces",
            "--selector",
            "k8s-app=kube-dns",
            "--output",
            template,
        ]);

        assert.deepEqual(new Set(places.split(" ")), new Set(["control-plane-1"]));
    });

    it("is refused two control planes in the preview", async () => {
        one.configure({ controlPlaneNodes: 2 });

        const output = await one.pulumi("preview").fails();

        assert.match(output, /controlPlaneNodes: 2 cannot keep quorum; use 1, 3, 5/);
        await one.stop();
    });
});

describe("a cluster of five control planes", () => {
    const five = newCluster("e2e-five", {
        platform: "local",
        controlPlaneNodes: 5,
        workerNodes: 0,
        localSubnet: "172.31.242.0/24",
        localApiPort: 27445,
    });

    it("comes up with five members of etcd", async () => {
        await five.isStarted();

        assert.equal((await five.readyNodes()).length, 5);
        assert.equal((await five.etcdMembers()).filter((member) => member.endsWith(" started")).length, 5);
        await five.stop();
    });
});
