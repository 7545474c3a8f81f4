import assert from "node:assert/strict";
import { change } from "../../support/change";
import { run } from "../../support/command";
import { cluster, machineOf } from "./shared";

const gpu = {
    count: 1,
    labels: { "example.com/gpu": "a100" },
    taints: ["example.com/gpu=true:NoSchedule"],
    kubelet: { maxPods: 33 },
    cpus: 1,
    memory: "2Gi",
};

const runtimes = '[plugins."io.containerd.cri.v1.runtime".containerd.runtimes';
/** A runtime of containerd beside the one that the program gives it. */
const containerd = `
${runtimes}.another]
runtime_type = "io.containerd.runc.v2"

${runtimes}.another.options]
BinaryName = "/usr/local/sbin/runc"
SystemdCgroup = true
`;

describe("a new pool of workers, and one worker more", () => {
    before(() => cluster.isStarted());

    it("come without a step of any other node", async () => {
        await change(
            cluster,
            { workerNodes: 3, workerPools: { gpu } },
            { machines: ["gpu-1", "worker-3"], clusterSteps: ["declare"] },
        );

        assert.deepEqual((await cluster.readyNodes()).slice(3), ["gpu-1", "worker-1", "worker-2", "worker-3"].sort());
    });

    it("have the labels, the taints and the kubelet's settings of their pool", async () => {
        const path = String.raw`jsonpath={.metadata.labels.example\.com/gpu} {.status.capacity.pods} {.spec.taints}`;

        const [gpu, worker] = await Promise.all(
            ["gpu-1", "worker-3"].map((node) => cluster.kubectl(["get", "node", node, "--output", path])),
        );

        assert.equal(gpu, 'a100 33 [{"effect":"NoSchedule","key":"example.com/gpu","value":"true"}]');
        assert.equal(worker, " 110 ");
    });

    it("take another setting of the kubelet and a runtime of containerd, and their pods go on", async () => {
        const workerPools = { gpu: { ...gpu, kubelet: { maxPods: 44 }, containerd } };
        const flannel = (): Promise<string> => cluster.onMachine("gpu-1", "pgrep --exact flanneld");
        const before = await flannel();

        await change(cluster, { workerPools }, { machines: ["gpu-1"] });

        assert.equal(await flannel(), before);
        await cluster.kubectl(["apply", "--filename", "-"], await podOf("another"));
        await cluster.kubectl(["wait", "pod/another", "--for=condition=Ready", "--timeout=60s"]);
        await cluster.kubectl(["delete", "pod/another", "runtimeclass/another"]);
        const path = "jsonpath={.status.capacity.pods}";
        assert.equal(await cluster.kubectl(["get", "node", "gpu-1", "--output", path]), "44");
    });

    it("have machines of their pool's size, and others when that changes", async () => {
        const before = await machineOf("gpu-1");
        assert.equal(await size("gpu-1"), "1000000000 2147483648");

        await change(cluster, { workerPools: { gpu: { ...gpu, memory: "3Gi" } } }, { machines: ["gpu-1"] });

        assert.equal(await size("gpu-1"), "1000000000 3221225472");
        assert.notEqual(await machineOf("gpu-1"), before);
    });
});

/** A pod of the pool that runs with a runtime, and the class that stands for this. */
async function podOf(runtime: string): Promise<unknown> {
    const image = await cluster.imageWithShell();
    const metadata = { name: runtime };
    const spec = {
        runtimeClassName: runtime,
        nodeSelector: gpu.labels,
        tolerations: [{ operator: "Exists" }],
        terminationGracePeriodSeconds: 0,
        containers: [{ name: runtime, image, command: ["/bin/busybox", "sleep", "86400"] }],
    };
    return {
        apiVersion: "v1",
        kind: "List",
        items: [
            { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata, handler: runtime },
            { apiVersion: "v1", kind: "Pod", metadata, spec },
        ],
    };
}

/** Billionths of a processor, and bytes of memory. */
async function size(machine: string): Promise<string> {
    const format = "{{.HostConfig.NanoCpus}} {{.HostConfig.Memory}}";
    return (await run("docker", ["inspect", "--format", format, cluster.container(machine)])).trim();
}
