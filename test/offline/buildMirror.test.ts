import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { downloads, flannelImages, nodeImages } from "../../components/software";
import { type FakeBuilder, fakeBuilder } from "../support/fakeBuilder";
import type { Run } from "../support/fakeNode";

const runc = "cache/mirror/github.com/opencontainers/runc/releases/download/v1.4.3/runc.amd64";

describe("build-mirror.sh", () => {
    let builder: FakeBuilder;

    beforeEach(() => {
        builder = fakeBuilder();
    });

    afterEach(() => {
        builder.remove();
    });

    it("names the Kubernetes versions that it can build", () => {
        const run = builder.run("offline/build-mirror.sh", "1.36.99");

        assert.equal(run.status, 1);
        assert.match(
            run.stderr,
            /^Kubernetes 1\.36\.99 cannot be built here; there is kubernetes-1\.36\.4 kubernetes-1\.37\.1\. /,
        );
    });
});

describe("build-mirror.sh for one version after another", function () {
    this.timeout(120_000);
    let builder: FakeBuilder;
    let first: Run;
    let second: Run;
    let runcOfFirst: number;

    before(() => {
        builder = fakeBuilder();
        first = builder.run("offline/build-mirror.sh", "1.37.1");
        runcOfFirst = statSync(builder.path(runc)).ino;
        builder.write("builds", "");
        second = builder.run("offline/build-mirror.sh", "1.36.4");
    });

    after(() => {
        builder.remove();
    });

    it("gives one mirror with the files and images of both, and their checksums", () => {
        const mirror = builder.path("cache/mirror");

        assert.deepEqual([first.status, first.stdout], [0, `${mirror}\n`], first.stderr);
        assert.deepEqual([second.status, second.stdout], [0, `${mirror}\n`], second.stderr);
        const listed = builder.lines("cache/mirror/SHA256SUMS").map((line) => line.split("  ")[1]);
        assert.deepEqual(listed.sort(), [...new Set([...filesOf("1.37.1"), ...filesOf("1.36.4")])].sort());
        const check = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: mirror, encoding: "utf8" });
        assert.deepEqual([check.status, check.stderr], [0, ""]);
    });

    it("builds what versions share once, and leaves its files alone", () => {
        assert.match(first.stderr, /^\[12\/12\] what versions share … \d+ s$/m);
        assert.match(second.stderr, /^\[6\/6\] archives … \d+ s$/m);
        assert.deepEqual(builder.lines("builds"), ["coredns-1.14.2", "etcd-3.6.14", "kubernetes-1.36.4"]);
        assert.equal(statSync(builder.path(runc)).ino, runcOfFirst);
    });

    it("does nothing for a version that is there, whichever was built last", () => {
        const again = builder.run("offline/build-mirror.sh", "1.37.1");

        assert.deepEqual([again.status, again.stderr], [0, ""]);
    });
});

/** Paths of all that the mirror should have for a version. */
function filesOf(version: string): string[] {
    const images = [...nodeImages(version, "control-plane"), ...flannelImages];
    return [...downloads(version, "amd64").map(({ path }) => path), ...images.map((image) => `images/${image}.tar`)];
}
