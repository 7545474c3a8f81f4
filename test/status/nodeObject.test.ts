import assert from "node:assert/strict";
import { nodeObjects } from "../../status/nodeObject";

describe("nodeObjects", () => {
    it("reads what the API says of nodes", () => {
        const ready = { type: "Ready", status: "True", message: "kubelet is posting ready status" };
        const silent = { type: "Ready", status: "Unknown", message: "Kubelet stopped posting node status." };
        const nodeInfo = { kubeletVersion: "v1.37.1" };

        const items = [
            { metadata: { name: "one" }, spec: {}, status: { conditions: [ready], nodeInfo } },
            {
                metadata: { name: "two", labels: { "pulumi-kubeadm/pool": "gpu" } },
                spec: { unschedulable: true },
                status: { conditions: [silent], nodeInfo },
            },
            { metadata: { name: "three" }, spec: {}, status: { nodeInfo: { kubeletVersion: "" } } },
        ];

        assert.deepEqual(nodeObjects({ items }), [
            {
                name: "one",
                isReady: true,
                message: ready.message,
                kubeletVersion: "1.37.1",
                isSchedulable: true,
                selfJoinedFor: "",
            },
            {
                name: "two",
                isReady: false,
                message: silent.message,
                kubeletVersion: "1.37.1",
                isSchedulable: false,
                selfJoinedFor: "gpu",
            },
            { name: "three", isReady: false, message: "", kubeletVersion: "", isSchedulable: true, selfJoinedFor: "" },
        ]);
    });
});
