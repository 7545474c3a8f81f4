import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const installJoinToken = programScript("install-join-token");
const program = "/usr/local/lib/pulumi-kubeadm/join-token";
const unit = "/etc/systemd/system/pulumi-kubeadm-join-token";

describe("install-join-token.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("leaves the program and a timer that runs it twice an hour, and runs it at once", () => {
        const run = install("the program");

        assert.equal(run.stderr, "");
        assert.equal(node.read(program), "the program\n");
        assert.equal(node.mode(program), "755");
        assert.match(node.read(`${unit}.timer`), /^OnCalendar=\*-\*-\* \*:00\/30:00$/m);
        assert.match(node.read(`${unit}.service`), /^Restart=on-failure$/m);
        assert.deepEqual(node.calls("systemctl").slice(1), [
            "systemctl enable --quiet pulumi-kubeadm-join-token.timer",
            "systemctl restart pulumi-kubeadm-join-token.timer",
            "systemctl restart --no-block pulumi-kubeadm-join-token.service",
        ]);
    });

    it("changes nothing when it is as described", () => {
        install("the program");
        const before = node.calls().length;

        const run = install("the program");

        assert.equal(run.stdout, "");
        assert.deepEqual(node.calls().slice(before), ["systemctl is-active --quiet pulumi-kubeadm-join-token.timer"]);
    });

    it("takes both away when no pool needs them", () => {
        install("the program");

        const run = install("");

        assert.equal(run.stdout, "control-plane-1: handing over no more join tokens\n");
        assert.deepEqual(
            [program, `${unit}.timer`, `${unit}.service`].filter((file) => node.exists(file)),
            [],
        );
    });

    it("does nothing where there never was one", () => {
        const run = install("");

        assert.equal(run.stdout + run.stderr, "");
        assert.deepEqual(node.calls(), []);
    });

    function install(text: string): Run {
        return node.run(installJoinToken, { NODE: "control-plane-1", JOIN_TOKEN: text });
    }
});
