import assert from "node:assert/strict";
import { containerdValues } from "../../../components/containerd";
import { Script } from "../../../components/remote/script";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";

const folder = "/etc/containerd/pulumi-kubeadm";
const script = new Script("containerd.sh", "download.sh", "registry-mirror.sh", "containerd-settings.sh");

describe("settings of containerd on a machine", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.socket("/run/containerd/containerd.sock");
        node.write("/usr/local/bin/containerd", "", 0o755);
        node.write("/usr/local/lib/pulumi-kubeadm/containerd", "as described\n".repeat(3));
        install();
    });

    it("are files that containerd imports, and a restart", () => {
        const restarts = node.calls("systemctl restart containerd").length;

        assert.equal(install("oom_score = 1", "oom_score = 2").stderr, "");

        assert.deepEqual(settings(), {
            [`${folder}/0.toml`]: "version = 3\noom_score = 1\n",
            [`${folder}/1.toml`]: "version = 3\noom_score = 2\n",
        });
        assert.match(
            node.read("/etc/containerd/config.toml"),
            /^imports = \[".*\/etc\/containerd\/conf\.d\/\*\.toml", ".*\/etc\/containerd\/pulumi-kubeadm\/\*\.toml", \]$/m,
        );
        // What others have put into conf.d is not the user's mistake.
        assert.match(
            node.read("/run/pulumi-kubeadm-containerd.toml"),
            /^imports = \[".*\/etc\/containerd\/pulumi-kubeadm\.new\/\*\.toml", \]$/m,
        );
        assert.equal(node.calls("systemctl restart containerd").length, restarts + 1);
    });

    it("that stay the same restart nothing", () => {
        install("oom_score = 1");
        const restarts = node.calls("systemctl restart containerd").length;

        install("oom_score = 1");

        assert.equal(node.calls("systemctl restart containerd").length, restarts);
    });

    it("go when they are no longer described", () => {
        install("oom_score = 1");

        assert.equal(install().stderr, "");

        assert.deepEqual(settings(), {});
    });

    [
        {
            title: "that it does not know",
            body: "echo 'level=warning msg=\"Ignoring unknown key in TOML\" key=oom' >&2",
        },
        { title: "of another kind", body: "echo 'containerd: cannot decode' >&2; exit 1" },
    ].forEach(({ title, body }) => {
        it(`are not taken with one ${title}, and those before stay`, () => {
            install("oom_score = 1");
            node.stub("containerd", body);
            const restarts = node.calls("systemctl restart containerd").length;

            const run = install("oom = 2");

            assert.equal(run.status, 97);
            assert.match(run.stderr, /seen: {4}containerd does not take its settings: .*(unknown key|cannot decode)/);
            assert.deepEqual(settings(), {
                [`${folder}/0.toml`]: "version = 3\noom_score = 1\n",
                [`${folder}.new/0.toml`]: "version = 3\noom = 2\n",
            });
            assert.equal(node.calls("systemctl restart containerd").length, restarts);
        });
    });

    it("with which it does not start give way to those before", () => {
        install("oom_score = 1");
        node.stub("systemctl", { "restart containerd": `grep --quiet 'score = 1' '${node.path(folder)}/0.toml'` });
        node.stub("journalctl", "echo 'no such runtime'");

        const run = install("oom_score = 2");

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}containerd does not start: no such runtime\n/);
        assert.match(run.stderr, /its settings before were put back\n/);
        assert.deepEqual(settings(), { [`${folder}/0.toml`]: "version = 3\noom_score = 1\n" });
    });

    it("that an interrupted run has put in place are tried again", () => {
        node.write(`${folder}/0.toml`, "version = 3\noom_score = 2\n");
        node.write(`${folder}.before/0.toml`, "version = 3\noom_score = 1\n");
        const restarts = node.calls("systemctl restart containerd").length;

        assert.equal(install("oom_score = 2").stderr, "");

        assert.deepEqual(settings(), { [`${folder}/0.toml`]: "version = 3\noom_score = 2\n" });
        assert.equal(node.calls("systemctl restart containerd").length, restarts + 1);
    });

    function install(...texts: readonly string[]): Run {
        return node.run(
            {
                render: (values) =>
                    `${script.render(values)}\nchecksum() { echo "as described"; }\ninstall_containerd\n`,
            },
            {
                NODE: "worker-1",
                PAUSE_IMAGE: "registry.k8s.io/pause:3.10.2",
                MIRROR: "",
                DOWNLOADS: ["containerd amd64 site/containerd - -"],
                REGISTRIES: [],
                REGISTRY_HOSTS: [],
                ...containerdValues(...texts),
            },
        );
    }

    function settings(): Record<string, string> {
        return Object.fromEntries(Object.entries(node.files()).filter(([file]) => file.startsWith(folder)));
    }
});
