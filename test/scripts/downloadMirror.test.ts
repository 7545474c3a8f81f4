import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, statSync } from "node:fs";
import { downloads, flannelImages } from "../../components/software";
import { type FakeBuilder, fakeBuilder } from "../support/fakeBuilder";

describe("download-mirror.sh", () => {
    const paths = downloads("1.37.1", "amd64").map(({ path }) => path);
    const kubelet = "dl.k8s.io/release/v1.37.1/bin/linux/amd64/kubelet";
    let builder: FakeBuilder;

    beforeEach(() => {
        builder = fakeBuilder();
    });

    afterEach(() => {
        builder.remove();
    });

    it("copies another mirror whose checksums fit", () => {
        publish(paths);
        builder.write("site/SHA256SUMS", paths.map((path) => `${sha256(path)}  ${path}\n`).join(""));

        const run = builder.run("scripts/download-mirror.sh", "--without-images");

        assert.equal(run.status, 0, run.stderr);
        assert.equal(run.stdout.trim(), builder.path("cache/mirror"));
        assert.deepEqual(builder.lines("cache/mirror/SHA256SUMS"), builder.lines("site/SHA256SUMS"));
    });

    it("copies another mirror's images, one file each", () => {
        const images = ["registry.k8s.io/etcd:3.7.0-0", ...flannelImages];
        publish([...paths, ...images.map((image) => `images/${image}.tar`)]);
        builder.write(
            "site/dl.k8s.io/release/v1.37.1/bin/linux/amd64/kubeadm",
            "#!/bin/sh\necho registry.k8s.io/etcd:3.7.0-0\n",
        );
        const files = [...paths, ...images.map((image) => `images/${image}.tar`)];
        builder.write(
            "site/SHA256SUMS",
            files.map((path) => `${sha256(builder.read(`site/${path}`))}  ${path}\n`).join(""),
        );

        const run = builder.run("scripts/download-mirror.sh", "1.37.1");

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(builder.lines("cache/mirror/SHA256SUMS"), builder.lines("site/SHA256SUMS"));
        assert.equal(
            builder.read("cache/mirror/images/registry.k8s.io/etcd:3.7.0-0.tar"),
            "images/registry.k8s.io/etcd:3.7.0-0.tar",
        );
    });

    it("makes programs executable", () => {
        publish(paths);
        builder.write("site/SHA256SUMS", paths.map((path) => `${sha256(path)}  ${path}\n`).join(""));
        chmodSync(builder.path(`site/${kubelet}`), 0o644);

        builder.run("scripts/download-mirror.sh", "--without-images");

        assert.equal(statSync(builder.path(`cache/mirror/${kubelet}`)).mode & 0o111, 0o111);
    });

    it("refuses a file that was changed", () => {
        publish(paths);
        builder.write("site/SHA256SUMS", paths.map((path) => `${sha256("other")}  ${path}\n`).join(""));

        const run = builder.run("scripts/download-mirror.sh", "--without-images");

        assert.equal(run.status, 1);
        assert.match(run.stderr, /kubeadm has checksum [0-9a-f]{64}, not [0-9a-f]{64}: it was changed on its way/);
    });

    it("takes nothing that has no checksum", () => {
        publish(paths);
        builder.write("site/SHA256SUMS", `${sha256(kubelet)}  ${kubelet}\n`);

        const run = builder.run("scripts/download-mirror.sh", "--without-images");

        assert.equal(run.status, 1);
        assert.match(
            run.stderr,
            /no checksum was found for https:\/\/dl\.k8s\.io\/\S+\/kubeadm; nothing unchecked is taken/,
        );
    });

    /** Puts files on the site whose content is their own path. */
    function publish(files: readonly string[]): void {
        files.forEach((path) => {
            builder.write(`site/${path}`, path);
        });
    }
});

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
