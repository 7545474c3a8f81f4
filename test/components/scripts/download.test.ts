import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const installKubectl = programScript("install-kubectl");
const path = "dl.k8s.io/release/v1.37.1/bin/linux/amd64/kubectl";
const program = "the program\n";
const pinned = createHash("sha256").update(program).digest("hex");
const installed = "/usr/local/bin/kubectl";

describe("a download", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.write("/usr/local/bin/.keep");
    });

    it("comes from its publisher and is held against its pinned checksum", () => {
        publish({ [`https://${path}`]: program });

        const run = node.run(installKubectl, values({ sha256: pinned }));

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual([node.read(installed), node.mode(installed)], [program, "755"]);
        assert.deepEqual(urls(), [`https://${path}`]);
        assert.ok(node.exists("/usr/local/lib/pulumi-kubeadm/kubectl"), "no record that it is the program's own");
    });

    it("is not installed when its checksum is another one", () => {
        publish({ [`https://${path}`]: "something else\n" });

        const run = node.run(installKubectl, values({ sha256: pinned }));

        assert.equal(run.status, 97);
        assert.match(run.stderr, new RegExp(`seen: {4}${path} has checksum [0-9a-f]{64}, not ${pinned}\n`));
        assert.equal(run.stderr.match(/FAILED/g)?.length, 1);
        assert.equal(node.exists(installed), false);
    });

    it("is held against the publisher's own checksum where none is pinned", () => {
        publish({ [`https://${path}`]: program, [`https://${path}.sha256`]: pinned });

        assert.equal(node.run(installKubectl, values({ sha256: "-" })).status, 0);
        assert.deepEqual(urls(), [`https://${path}.sha256`, `https://${path}`]);
    });

    it("is found by its file name in a publisher's list of many", () => {
        const list = `${"0".repeat(64)}  kubeadm\n${pinned} *kubectl\n`;
        publish({ [`https://${path}`]: program, [`https://${path}.sha256`]: list });

        assert.equal(node.run(installKubectl, values({ sha256: "-" })).status, 0);
    });

    it("is not made again when what was fetched before has its checksum", () => {
        publish({ [`https://${path}`]: program });
        node.write(`/var/cache/pulumi-kubeadm/${path}`, program);

        const run = node.run(installKubectl, values({ sha256: pinned }));

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(urls(), []);
        assert.equal(node.read(installed), program);
    });

    it("is made again when what was fetched before has another checksum", () => {
        publish({ [`https://${path}`]: program });
        node.write(`/var/cache/pulumi-kubeadm/${path}`, "half of the prog");

        node.run(installKubectl, values({ sha256: pinned }));

        assert.deepEqual(urls(), [`https://${path}`]);
        assert.equal(node.read(installed), program);
    });

    it("comes from the mirror with the mirror's checksum, whatever is pinned", () => {
        const mirror = "https://mirror.example/k8s";
        publish({ [`${mirror}/${path}`]: program, [`${mirror}/SHA256SUMS`]: `${pinned}  ${path}\n` });

        const run = node.run(installKubectl, values({ mirror, sha256: "0".repeat(64) }));

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(urls(), [`${mirror}/SHA256SUMS`, `${mirror}/${path}`]);
    });

    it("is not made when the mirror has no checksum for it", () => {
        const mirror = "https://mirror.example";
        publish({ [`${mirror}/SHA256SUMS`]: `${pinned}  other/kubectl\n` });

        const run = node.run(installKubectl, values({ mirror }));

        assert.match(run.stderr, new RegExp(`seen: {4}no checksum for ${path}\n`));
        assert.deepEqual(urls(), [`${mirror}/SHA256SUMS`]);
    });

    it("is linked, not copied, from a mirror that is a folder of the machine", () => {
        node.write(`/opt/mirror/${path}`, program);
        node.write("/opt/mirror/SHA256SUMS", `${pinned}  ${path}\n`);
        const mirror = `file://${node.path("/opt/mirror")}`;
        publish({ [`${mirror}/SHA256SUMS`]: `${pinned}  ${path}\n` });

        const run = node.run(installKubectl, values({ mirror }));

        assert.equal(run.status, 0, run.stderr);
        assert.equal(node.read(installed), program);
        assert.equal(node.linkOf(installed), node.path(`/opt/mirror/${path}`));
    });

    it("is of the machine's architecture", () => {
        node.stub("uname", "echo aarch64");
        const armPath = path.replace("amd64", "arm64");
        publish({ [`https://${armPath}`]: program });

        node.run(installKubectl, values({ sha256: pinned }));

        assert.deepEqual(urls(), [`https://${armPath}`]);
    });

    it("names the URL that does not answer", () => {
        const run = node.run(installKubectl, values({ sha256: pinned }));

        assert.equal(run.status, 97);
        assert.match(run.stderr, new RegExp(`seen: {4}no download of https://${path}\n`));
    });

    /** Puts texts behind URLs; every other URL fails. */
    function publish(site: Readonly<Record<string, string>>): void {
        const branches = Object.entries(site).map(([url, content]) => `${url}) printf '%s' '${content}' >"$file" ;;`);
        node.stub("curl", `file=\${*: -2:1}\ncase \${*: -1} in\n${branches.join("\n")}\n*) exit 22 ;;\nesac`);
    }

    function urls(): string[] {
        return node.calls("curl").map((line) => line.split(" ").at(-1) ?? "");
    }
});

function values({ mirror = "", sha256 = pinned }: { mirror?: string; sha256?: string }) {
    const downloads = ["amd64", "arm64"].map((architecture) => {
        const own = path.replace("amd64", architecture);
        return ["kubectl", architecture, own, sha256, `${own}.sha256`].join(" ");
    });
    return { NODE: "admin", MIRROR: mirror, DOWNLOADS: downloads };
}
