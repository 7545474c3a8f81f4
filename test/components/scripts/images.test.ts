import assert from "node:assert/strict";
import { Script } from "../../../components/remote/script";
import { type FakeNode, fakeNode } from "../../support/fakeNode";

const kubeProxy = "registry.k8s.io/kube-proxy:v1.37.1";
const coredns = "registry.k8s.io/coredns/coredns:v1.14.6";

describe("import_images", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        [kubeProxy, coredns].forEach((image) => {
            node.write(`/opt/mirror/images/${image}.tar`);
        });
    });

    it("imports what containerd lacks, from a mirror that is a folder of the machine", () => {
        node.stub("ctr", { "images list": `echo ${coredns}; echo ${kubeProxy}-rc.1` });

        const run = node.run(importing(kubeProxy, coredns), values(`file://${node.path("/opt/mirror")}`));

        assert.equal(run.status, 0, run.stderr);
        assert.equal(run.stdout, `worker-1: importing ${kubeProxy}\n`);
        assert.deepEqual(node.calls("ctr"), [
            "ctr --namespace k8s.io images list --quiet",
            `ctr --namespace k8s.io images import ${node.path("/opt/mirror")}/images/${kubeProxy}.tar`,
        ]);
    });

    it("imports nothing when containerd has all", () => {
        node.stub("ctr", { "images list": `echo ${coredns}; echo ${kubeProxy}` });

        const run = node.run(importing(kubeProxy, coredns), values(`file://${node.path("/opt/mirror")}`));

        assert.deepEqual([run.status, run.stdout], [0, ""]);
        assert.deepEqual(node.calls("ctr"), ["ctr --namespace k8s.io images list --quiet"]);
    });

    ["", "https://mirror.example"].forEach((mirror) => {
        it(`leaves images to containerd when the mirror is "${mirror}"`, () => {
            const run = node.run(importing(kubeProxy), values(mirror));

            assert.deepEqual([run.status, run.stdout], [0, ""]);
            assert.deepEqual(node.calls("ctr"), []);
        });
    });

    it("says which image the mirror lacks", () => {
        node.remove(`/opt/mirror/images/${kubeProxy}.tar`);

        const run = node.run(importing(kubeProxy), values(`file://${node.path("/opt/mirror")}`));

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}the mirror has no image registry\.k8s\.io\/kube-proxy:v1\.37\.1\n/);
        assert.match(run.stderr, /repair: {2}fill the mirror\n/);
    });

    it("says that an import failed, once, with containerd's own words", () => {
        node.stub("ctr", { "images import": "echo 'no space left on device' >&2; exit 1" });

        const run = node.run(importing(kubeProxy, coredns), values(`file://${node.path("/opt/mirror")}`));

        assert.equal(run.status, 97);
        assert.match(run.stderr, /^no space left on device\n/);
        assert.match(run.stderr, /seen: {4}registry\.k8s\.io\/kube-proxy:v1\.37\.1 could not be imported\n/);
        assert.equal(run.stderr.match(/FAILED/g)?.length, 1);
    });

    it("stops when containerd does not answer", () => {
        node.stub("ctr", "exit 1");

        assert.equal(node.run(importing(kubeProxy), values(`file://${node.path("/opt/mirror")}`)).status, 97);
    });
});

/** A script that only imports. */
function importing(...images: readonly string[]): Pick<Script, "render"> {
    const part = new Script("containerd.sh", "registry-mirror.sh", "containerd-settings.sh", "images.sh");
    return { render: (values) => `${part.render(values)}\nimport_images ${images.join(" ")}\n` };
}

function values(mirror: string) {
    return {
        NODE: "worker-1",
        MIRROR: mirror,
        PAUSE_IMAGE: "registry.k8s.io/pause:3.10.1",
        CONTAINERD_SETTINGS: [],
        REGISTRIES: [],
        REGISTRY_HOSTS: [],
    };
}
