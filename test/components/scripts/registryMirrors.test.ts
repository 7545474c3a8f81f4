import assert from "node:assert/strict";
import { Script } from "../../../components/remote/script";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";

const folder = "/etc/containerd/certs.d";
const mark = "# Written by pulumi-kubeadm.";
const mirror = '[host."https://mirror.example.com"]';
const script = new Script("containerd.sh", "registry-mirror.sh", "containerd-settings.sh");

describe("mirrors of registries", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("are a file for each registry", () => {
        assert.equal(place({ "docker.io": mirror, "registry.example.com:5000": "" }).stderr, "");

        assert.deepEqual(filesOf(node), {
            [`${folder}/docker.io/hosts.toml`]: `${mark}\n\n${mirror}\n`,
            [`${folder}/registry.example.com:5000/hosts.toml`]: `${mark}\n\n\n`,
        });
        assert.equal(node.mode(`${folder}/docker.io/hosts.toml`), "644");
    });

    it("go when they are no longer described, but not what lies beside them or is somebody else's", () => {
        place({ "docker.io": mirror, "quay.io": mirror, "ghcr.io": mirror });
        node.write(`${folder}/quay.io/ca.crt`, "the CA");
        node.write(`${folder}/example.com/hosts.toml`, "server = 'https://example.com'");

        assert.equal(place({ "ghcr.io": mirror }).stderr, "");

        assert.deepEqual(Object.keys(filesOf(node)).sort(), [
            `${folder}/example.com/hosts.toml`,
            `${folder}/ghcr.io/hosts.toml`,
            `${folder}/quay.io/ca.crt`,
        ]);
        assert.equal(node.exists(`${folder}/docker.io`), false);
    });

    it("do not take the place of somebody else's", () => {
        node.write(`${folder}/docker.io/hosts.toml`, "server = 'https://example.com'");

        const run = place({ "docker.io": mirror });

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}there is \S+\/docker\.io\/hosts\.toml already\n/);
        assert.match(run.stderr, /repair: {2}take docker\.io out of registryMirrors, or that file off the machine\n/);
        assert.equal(node.read(`${folder}/docker.io/hosts.toml`), "server = 'https://example.com'");
    });

    function place(mirrors: Readonly<Record<string, string>>): Run {
        return node.run(
            { render: (values) => `${script.render(values)}\nplace_registry_mirrors\n` },
            {
                NODE: "worker-1",
                PAUSE_IMAGE: "registry.k8s.io/pause:3.10.2",
                CONTAINERD_SETTINGS: [],
                REGISTRIES: Object.keys(mirrors),
                REGISTRY_HOSTS: Object.values(mirrors),
            },
        );
    }
});

function filesOf(node: FakeNode): Record<string, string> {
    return Object.fromEntries(Object.entries(node.files()).filter(([file]) => file.startsWith(folder)));
}
