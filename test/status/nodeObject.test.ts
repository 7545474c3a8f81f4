import assert from "node:assert/strict";
import { nodeObjects } from "../../status/nodeObject";

describe("nodeObjects", () => {
    it("reads what the API says of nodes", () => {
        const ready = { type: "Ready", status: "True", message: "kubelet is posting ready status" };
        const silent = { type: "Ready", status: "Unknown", message: "Kubelet stopped posting node status." };
        const full = { type: "DiskPressure", status: "True", message: "kubelet has disk pressure" };
        const enough = { type: "MemoryPressure", status: "False", message: "kubelet has sufficient memory available" };
        const others = { type: "KernelDeadlock", status: "True" };
        const nodeInfo = { kubeletVersion: "v1.37.1" };

        const items = [
            { metadata: { name: "one" }, spec: {}, status: { conditions: [ready], nodeInfo } },
            {
                metadata: { name: "two", labels: { "pulumi-kubeadm/pool": "gpu" } },
                spec: { unschedulable: true },
                status: { conditions: [full, enough, others, silent], nodeInfo },
            },
            { metadata: { name: "three" }, spec: {}, status: { nodeInfo: { kubeletVersion: "" } } },
        ];

        assert.deepEqual(nodeObjects({ items }), [
            {
                name: "one",
                isReady: true,
                message: ready.message,
                pressures: [],
                kubeletVersion: "1.37.1",
                isSchedulable: true,
                selfJoinedFor: "",
            },
            {
                name: "two",
                isReady: false,
                message: silent.message,
                pressures: ["DiskPressure: kubelet has disk pressure"],
                kubeletVersion: "1.37.1",
                isSchedulable: false,
                selfJoinedFor: "gpu",
            },
            {
                name: "three",
                isReady: false,
                message: "",
                pressures: [],
                kubeletVersion: "",
                isSchedulable: true,
                selfJoinedFor: "",
            },
        ]);
    });
});
