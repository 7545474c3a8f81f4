import assert from "node:assert/strict";
import { fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const userData = programScript("user-data");
const unit = "/etc/systemd/system/pulumi-kubeadm-self-join.service";

describe("user-data.sh", () => {
    it("leaves a service that joins the machine, and goes on after a reboot, which does not wait for it", () => {
        const node = fakeNode();

        const run = node.run(userData, { NODE: "gpu", SELF_JOIN: "the script" });

        assert.equal(run.stderr, "");
        assert.equal(node.mode("/usr/local/lib/pulumi-kubeadm/self-join"), "700");
        const text = node.read(unit).replaceAll(node.path("/"), "/");
        assert.match(text, /^ExecStart=\/usr\/local\/lib\/pulumi-kubeadm\/self-join\nRestart=on-failure$/m);
        assert.match(text, /^Type=exec$/m);
        assert.match(text, /^WantedBy=multi-user.target$/m);
        assert.match(text, /^StandardOutput=journal\+console$/m);
        assert.deepEqual(node.calls("systemctl"), [
            "systemctl daemon-reload",
            "systemctl enable --quiet pulumi-kubeadm-self-join.service",
            "systemctl start --no-block pulumi-kubeadm-self-join.service",
        ]);
    });
});
