import assert from "node:assert/strict";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const script = programScript("local-machine");

describe("local-machine.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("removes its container, and is done when there is none", () => {
        node.stub("docker", "[[ $1 != inspect ]]");

        assert.equal(remove().status, 0);
        node.stub("docker", "echo 'Error: No such container: e2e-worker-1' >&2; exit 1");
        assert.equal(remove().status, 0);
    });

    it("has what is frozen in its container go on when that does not end", () => {
        node.stub("docker", '[[ $1 != rm || -e $LOG/thawed ]] || exit 1; [[ $1 != run ]] || touch "$LOG/thawed"');

        assert.equal(remove().status, 0);
        assert.match(node.calls("docker run")[0] ?? "", / --volume \S+\/sys\/fs\/cgroup\/freezer:\/freezer .*THAWED/);
    });

    it("says why its container does not go", () => {
        node.stub("docker", "[[ $1 != rm ]] || { echo 'did not receive an exit event'; exit 1; }");

        const run = remove();

        assert.equal(run.status, 97);
        assert.match(
            run.stderr,
            /seen: {4}the container e2e-worker-1 cannot be removed: did not receive an exit event\n/,
        );
    });

    it("takes no container for gone while Docker does not answer", () => {
        const words = "dial unix /var/run/docker.sock: connect: no such file or directory";
        node.stub("docker", `echo '${words}' >&2; exit 1`);

        const run = remove();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /cannot be removed: dial unix .*: connect: no such file or directory\n/);
        assert.match(run.stderr, /cause: {3}Docker does not answer, or/);
    });

    function remove(): Run {
        return node.run(
            script,
            {
                NODE: "worker-1",
                CLUSTER: "e2e",
                NETWORK: "e2e",
                ADDRESS: "172.30.0.21",
                IMAGE: "pulumi-kubeadm/machine:bookworm",
                PUBLISH: "",
                CPUS: "",
                MEMORY_MEBIBYTES: "",
                HOST_KEY: "the key",
                AUTHORIZED_KEY: "ssh-ed25519 AAAA",
            },
            "delete",
        );
    }
});
