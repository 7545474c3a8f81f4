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
        // Each reload brings another process.
        node.stub("curl", `echo "<b>pid = </b> $(grep --count reload-or-restart "$LOG/calls") "`);
    });

    it("installs the package where it is missing, then gives it the cluster's configuration", () => {
        node.stub("apt-get", `[[ $line != *install* ]] || install -m 0755 /dev/null '${node.path("../bin/haproxy")}'`);

        const run = install();

        assert.equal(run.stderr, "");
        assert.deepEqual(node.calls("apt-get"), [
            "apt-get --quiet update",
            "apt-get -o DPkg::Lock::Timeout=300 install --yes --quiet haproxy",
        ]);
        assert.equal(node.read("/etc/haproxy/haproxy.cfg"), "the configuration\n");
        assert.equal(node.mode("/etc/haproxy/haproxy.cfg"), "600");
        assert.equal(node.read(haproxyCaFile), "the CA\n");
        assert.equal(node.exists("/etc/haproxy/haproxy.cfg.before"), false);
        assert.match(node.read("/etc/kubernetes/pulumi-kubeadm/files.sha256"), /haproxy\.cfg\n.*kubernetes-ca\.crt\n$/);
        assert.deepEqual(node.calls("systemctl").slice(-2), [
            "systemctl enable --quiet haproxy",
            "systemctl reload-or-restart haproxy",
        ]);
    });

    it("needs no apt-get where HAProxy is there", () => {
        node.stub("haproxy");

        assert.equal(install().status, 0);
    });

    it("puts the configuration back that HAProxy cannot load, and says what it complains of", () => {
        node.stub("haproxy");
        node.write("/etc/haproxy/haproxy.cfg", "the one before\n");
        node.stub("curl", 'echo "<b>pid = </b> 7 "');
        node.stub("journalctl", "echo '[NOTICE]   (7) : Reloading'; echo '[ALERT]    (7) : cannot bind socket'");

        const run = install();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}HAProxy does not load its configuration: cannot bind socket\n/);
        assert.equal(node.read("/etc/haproxy/haproxy.cfg"), "the one before\n");
        assert.equal(node.calls("systemctl reload-or-restart haproxy").length, 2);
    });

    it("keeps the configuration that was seen loaded when another run was cut off after its change", () => {
        node.stub("haproxy");
        node.write("/etc/haproxy/haproxy.cfg", "a bad one\n");
        node.write("/etc/haproxy/haproxy.cfg.before", "a good one\n");
        node.stub("systemctl", { "reload-or-restart": "exit 1" });

        assert.equal(install().status, 97);

        assert.equal(node.read("/etc/haproxy/haproxy.cfg"), "a good one\n");
    });

    it("does not touch the configuration that runs when HAProxy refuses another", () => {
        node.stub("haproxy", "echo '[ALERT]    (9) : config : unknown keyword' >&2; exit 1");
        node.write("/etc/haproxy/haproxy.cfg", "the one before\n");

        const run = install();

        assert.match(
            run.stderr,
            /seen: {4}HAProxy refuses its configuration, and keeps the one before: config : unknown keyword\n/,
        );
        assert.equal(node.read("/etc/haproxy/haproxy.cfg"), "the one before\n");
        assert.deepEqual(node.calls("systemctl"), []);
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
