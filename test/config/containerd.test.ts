import assert from "node:assert/strict";
import { configOf, problemsOf } from "../support/configOf";

const nvidia = `
[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "nvidia"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.nvidia]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.nvidia.options]
BinaryName = "/usr/bin/nvidia-container-runtime"
SystemdCgroup = true
`;

describe("settings of containerd", () => {
    it("are TOML for all nodes, and for those of a pool", () => {
        const config = configOf({
            containerd: "oom_score = -500",
            workerPools: { gpu: { count: 1, containerd: nvidia } },
        });

        assert.equal(config.containerd, "oom_score = -500");
        assert.equal(config.workerPools["gpu"]?.containerd, nvidia);
    });

    it("are none by default", () => {
        const config = configOf({ workerPools: { gpu: { count: 1 } } });

        assert.deepEqual([config.containerd, config.workerPools["gpu"]?.containerd], ["", ""]);
    });

    const refused: { title: string; given: string; expected: RegExp }[] = [
        { title: "what is not TOML", given: "[debug]\nlevel = debug", expected: /^it is not TOML, line 2: Expected/ },
        {
            title: "a key that there is not",
            given: "oom = 1",
            expected: /^oom is not a key of containerd [\d.]+; its doc/,
        },
        {
            title: "a plugin that there is not",
            given: '[plugins."io.containerd.cri.v1.runtimes"]\nenable_selinux = true',
            expected: /runtimes is not a plugin of containerd [\d.]+; did you mean io\.containerd\.cri\.v1\.runtime\?$/,
        },
        {
            title: "a key twice",
            given: "temp = '/a'\ntemp = '/b'",
            expected: /^it is not TOML, line 2: Cannot redefine/,
        },
        {
            title: "a version",
            given: "version = 2",
            expected: /^version is 3, and given by the program; leave it out$/,
        },
        {
            title: "mirrors, which have a key of their own",
            given: `[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/certs.d"`,
            expected: /^plugins\.io\.containerd\.cri\.v1\.images\.registry is the key registryMirrors; set that$/,
        },
        {
            title: "another cgroup driver than the kubelet's",
            given: nvidia.replaceAll("nvidia", "runc").replace("true", "false"),
            expected: /runtimes\.runc\.options\.SystemdCgroup must be that of the kubelet; leave it out$/,
        },
    ];

    refused.forEach(({ title, given, expected }) => {
        it(`refuse ${title}`, () => {
            const [problem, ...others] = problemsOf({ containerd: given });

            assert.match(problem?.replace(/^containerd: /, "") ?? "", expected);
            assert.deepEqual(others, []);
        });
    });

    it("of a pool are named with it", () => {
        assert.deepEqual(problemsOf({ workerPools: { gpu: { count: 1, containerd: "version = 2" } } }), [
            "workerPools: gpu: containerd: version is 3, and given by the program; leave it out",
        ]);
    });
});
