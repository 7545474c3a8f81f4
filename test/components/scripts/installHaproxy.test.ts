import assert from "node:assert/strict";
import { haproxyCaFile } from "../../../components/haproxyConfig";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const installHaproxy = programScript("install-haproxy");

describe("install-haproxy.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        node.stub("ss", "echo LISTEN");
    });

    it("installs the package where it is missing, then gives it the cluster's configuration", () => {
        node.stub("apt-get", `[[ $line != *install* ]] || install -m 0755 /dev/null '${node.path("../bin/haproxy")}'`);

        const run = install();

        assert.equal(run.stderr, "");
        assert.deepEqual(node.calls("apt-get"), [
            "apt-get -o DPkg::Lock::Timeout=600 update --quiet",
            "apt-get -o DPkg::Lock::Timeout=600 install --yes --quiet haproxy",
        ]);
        assert.equal(node.read("/etc/haproxy/haproxy.cfg"), "the configuration\n");
        assert.equal(node.read(haproxyCaFile), "the CA\n");
        assert.deepEqual(node.calls("systemctl").slice(-2), [
            "systemctl enable --quiet haproxy",
            "systemctl reload-or-restart haproxy",
        ]);
    });

    it("needs no apt-get where HAProxy is there", () => {
        node.stub("haproxy");

        assert.equal(install().status, 0);
    });

    it("says that there is nothing to install HAProxy with", () => {
        const run = install();

        assert.match(run.stderr, /seen: {4}there is no HAProxy, and no apt-get to install it with\n/);
        assert.equal(node.exists(haproxyCaFile), false);
    });

    function install(): Run {
        return node.run(installHaproxy, {
            NODE: "lb",
            HAPROXY_CONFIG: "the configuration",
            CA_CERTIFICATE: "the CA",
            CA_FILE: haproxyCaFile,
        });
    }
});
