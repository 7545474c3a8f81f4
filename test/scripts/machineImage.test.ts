import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(__dirname, "..", "..", "scripts", "machine-image.sh");
const kubelet = "0a  dl.k8s.io/release/v1.37.1/bin/linux/amd64/kubelet";
const etcd = "0b  images/registry.k8s.io/etcd:3.7.0-0.tar";
const olderEtcd = "0c  images/registry.k8s.io/etcd:3.6.8-0.tar";

describe("the store that local machines link to", () => {
    let folder = "";

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "machine-image-"));
        mkdirSync(join(folder, "bin"));
        mkdirSync(join(folder, "cache", "mirror"), { recursive: true });
        Object.entries({ docker: fakeDocker, mmdebstrap: "" }).forEach(([tool, body]) => {
            writeFileSync(join(folder, "bin", tool), `#!/usr/bin/env bash\nhere=${folder}\n${body}`, { mode: 0o755 });
        });
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("is made of the mirror's images", () => {
        prepareWith(kubelet, etcd);

        assert.deepEqual(fills(), [etcd]);
        assert.ok(existsSync(join(mirror(), store())));
    });

    it("is not made again when files are added that are no images", () => {
        prepareWith(kubelet, etcd);
        const before = store();

        prepareWith(etcd);

        assert.deepEqual(fills(), [etcd]);
        assert.equal(store(), before);
    });

    it("stays as it is for the machines that have it when images are added", () => {
        prepareWith(etcd);
        const before = store();

        prepareWith(olderEtcd, etcd);

        assert.deepEqual(fills(), [etcd, etcd, olderEtcd]);
        assert.notEqual(store(), before);
        assert.ok(existsSync(join(mirror(), before)));
    });

    it("is used again when the mirror has the same images as before", () => {
        prepareWith(etcd);
        const before = store();
        prepareWith(olderEtcd, etcd);

        prepareWith(etcd);

        assert.equal(store(), before);
        assert.equal(fills().length, 3);
    });

    it("is not used when it could not be filled", () => {
        prepareWith(etcd);
        const before = store();
        writeFileSync(join(folder, "full"), "");

        const run = prepareWith(olderEtcd, etcd);

        assert.notEqual(run.status, 0);
        assert.equal(store(), before);
    });

    function prepareWith(...sums: readonly string[]) {
        writeFileSync(join(mirror(), "SHA256SUMS"), `${sums.join("\n")}\n`);
        return spawnSync(script, {
            encoding: "utf8",
            env: {
                ...process.env,
                PATH: `${folder}/bin:${process.env.PATH ?? ""}`,
                PULUMI_KUBEADM_CACHE: join(folder, "cache"),
                PULUMI_KUBEADM_SOURCE: "offline",
            },
        });
    }

    function mirror(): string {
        return join(folder, "cache", "mirror");
    }

    function store(): string {
        return readlinkSync(join(mirror(), "containerd"));
    }

    /** The images of each store that was filled. */
    function fills(): string[] {
        return readFileSync(join(folder, "fills"), "utf8").trim().split("\n");
    }
});

/** Fills a store, the argument before the last, by noting the images, the last; fails when the disk is full. */
const fakeDocker = `
[[ $1 == run ]] || exit 0
[[ ! -e $here/full ]] || exit 1
printf '%s\\n' "\${@: -1}" >>"$here/fills"
mkdir "$here/cache/mirror/\${@: -2:1}"
`;
