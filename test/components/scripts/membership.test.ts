import assert from "node:assert/strict";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const membership = programScript("membership");
const values = {
    NODE: "worker-1",
    IDENTITY: "container-1",
    KUBECONFIG_TEXT: "the kubeconfig",
    TOKEN_ID: "abcdef",
    LABELS: ["disk=ssd", "zone="],
    TAINTS: ["dedicated=db:NoExecute"],
    CNI: "flannel",
    KUBERNETES_VERSION: "1.37.1",
    CONTAINERD_VERSION: "2.3.7",
};
const name = "jsonpath={.metadata.name}";
const labelsBefore = "jsonpath={.metadata.annotations.pulumi-kubeadm/labels}";
const taintsBefore = "jsonpath={.metadata.annotations.pulumi-kubeadm/taints}";
const taintsPresent = 'jsonpath={range .spec.taints[*]}{.key}:{.effect}{"\\n"}{end}';
const versions = "jsonpath={.status.nodeInfo.kubeletVersion} {.status.nodeInfo.containerRuntimeVersion}";
const drained = "jsonpath={.metadata.annotations.pulumi-kubeadm/drained}";
const ready = 'type=="Ready"';

describe("membership.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("marks, labels and taints the node, waits until it is Ready, and revokes its token", () => {
        cluster();

        const run = node.run(membership, values);

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, "worker-1: setting its labels and taints\nworker-1: waiting until it is Ready\n");
        assert.deepEqual(changes(), [
            "annotate --overwrite node worker-1 pulumi-kubeadm/machine=container-1",
            "label --overwrite node worker-1 disk=ssd zone=",
            "annotate --overwrite node worker-1 pulumi-kubeadm/labels=disk=ssd zone=",
            "taint --overwrite node worker-1 dedicated=db:NoExecute",
            "annotate --overwrite node worker-1 pulumi-kubeadm/taints=dedicated=db:NoExecute",
            "--namespace kube-system delete secret bootstrap-token-abcdef --ignore-not-found",
        ]);
    });

    it("removes labels and taints of an earlier run that are no longer described", () => {
        cluster({
            [labelsBefore]: "echo 'disk=hdd rack=7'",
            [taintsBefore]: "echo 'dedicated=db:NoSchedule spot:NoExecute'",
            [taintsPresent]: "printf '%s\\n' dedicated:NoSchedule other:NoSchedule spot:NoExecute",
        });

        node.run(membership, values, "update");

        assert.deepEqual(
            changes().filter((line) => /^(label|taint)/.test(line)),
            [
                "label --overwrite node worker-1 disk=ssd zone= rack-",
                "taint --overwrite node worker-1 dedicated=db:NoExecute dedicated:NoSchedule- spot:NoExecute-",
            ],
        );
    });

    it("removes all that it set when nothing is described", () => {
        cluster({
            [labelsBefore]: "echo 'rack=7'",
            [taintsBefore]: "echo spot:NoExecute",
            [taintsPresent]: "echo spot:NoExecute",
        });

        node.run(membership, { ...values, LABELS: [], TAINTS: [] }, "update");

        assert.deepEqual(changes().slice(1, -1), [
            "label --overwrite node worker-1 rack-",
            "annotate --overwrite node worker-1 pulumi-kubeadm/labels=",
            "taint --overwrite node worker-1 spot:NoExecute-",
            "annotate --overwrite node worker-1 pulumi-kubeadm/taints=",
        ]);
    });

    it("does not remove taints that are gone already", () => {
        cluster({
            [taintsBefore]: "echo 'spot:NoExecute rack:NoSchedule'",
            [taintsPresent]: "echo rack:NoSchedule",
        });

        node.run(membership, { ...values, LABELS: [], TAINTS: [] }, "update");

        assert.deepEqual(
            changes().filter((line) => /^(label|taint)/.test(line)),
            ["taint --overwrite node worker-1 rack:NoSchedule-"],
        );
    });

    it("leaves labels and taints of others alone", () => {
        cluster();

        node.run(membership, { ...values, LABELS: [], TAINTS: [] });

        assert.deepEqual(
            changes().filter((line) => /^(label|taint)/.test(line)),
            [],
        );
    });

    it("waits for a node that is not Ready yet", () => {
        cluster({ [ready]: `[[ $(grep -c 'type=="Ready"' "$LOG/calls") -lt 2 ]] && echo False starting || echo True` });

        assert.equal(node.run(membership, values).status, 0);
    });

    it("explains a node without a network", () => {
        cluster({ [ready]: "echo 'False container runtime network not ready: cni plugin not initialized'" });

        const run = node.run(membership, values);

        assert.equal(run.status, 97);
        assert.match(
            run.stderr,
            /seen: {4}worker-1 is not Ready after 300 s: False container runtime network not ready/,
        );
        assert.match(run.stderr, /cause: {3}no network plugin serves the node; look at the pods of the CNI on it\n/);
    });

    it("explains a node whose kubelet is silent", () => {
        cluster({ [ready]: "echo 'Unknown Kubelet stopped posting node status.'" });

        assert.match(node.run(membership, values).stderr, /cause: {3}its kubelet does not report; look at journalctl/);
    });

    it("takes a node that waits only for the network plugin that the user brings", () => {
        cluster({ [ready]: "echo 'False container runtime network not ready: cni plugin not initialized'" });

        assert.equal(node.run(membership, { ...values, CNI: "none" }).status, 0);
    });

    const outdated = [
        {
            title: "its kubelet is of another version",
            reports: "v1.36.4 containerd://2.3.7",
            seen: /seen: {4}worker-1 is not Ready after 300 s: True \(kubelet 1\.36\.4, containerd 2\.3\.7\)\n/,
        },
        {
            title: "its containerd is of another version",
            reports: "v1.37.1 containerd://v2.3.6",
            seen: /seen: {4}worker-1 is not Ready after 300 s: True \(kubelet 1\.37\.1, containerd 2\.3\.6\)\n/,
        },
    ];

    outdated.forEach(({ title, reports, seen }) => {
        it(`does not take a node for Ready while ${title}`, () => {
            cluster({ [versions]: `printf '${reports}'`, [drained]: "printf true" });

            const run = node.run(membership, values, "update");

            assert.equal(run.status, 97);
            assert.match(run.stderr, seen);
            assert.deepEqual(
                changes().filter((line) => line.startsWith("uncordon")),
                [],
            );
        });
    });

    it("takes a containerd whose version begins with a v", () => {
        cluster({ [versions]: "printf 'v1.37.1 containerd://v2.3.7'" });

        assert.equal(node.run(membership, values).status, 0);
    });

    it("lets a node that it has drained take pods again, when it is Ready", () => {
        cluster({ [drained]: "printf true" });

        const run = node.run(membership, values, "update");

        assert.match(run.stdout, /waiting until it is Ready\nworker-1: letting it take pods again\n$/);
        assert.deepEqual(changes().slice(-3), [
            "uncordon worker-1",
            "annotate node worker-1 pulumi-kubeadm/drained-",
            "--namespace kube-system delete secret bootstrap-token-abcdef --ignore-not-found",
        ]);
    });

    it("leaves a node cordoned that somebody else has cordoned", () => {
        cluster();

        node.run(membership, values, "update");

        assert.deepEqual(
            changes().filter((line) => line.startsWith("uncordon")),
            [],
        );
    });

    it("says that the kubelet never registered", () => {
        cluster({ [name]: "" });

        const run = node.run(membership, values);

        assert.match(run.stderr, /seen: {4}there is no Node named worker-1\n/);
        assert.match(run.stderr, /cause: {3}its kubelet never registered\n/);
    });

    it("puts the kubeconfig into no file and no command line", () => {
        cluster();

        node.run(membership, values);

        assert.doesNotMatch([...node.calls(), ...Object.values(node.files())].join("\n"), /the kubeconfig/);
        assert.match(node.inputs(), /the kubeconfig/);
    });

    /** A cluster with this Node, Ready unless said otherwise. */
    function cluster(answers: Record<string, string> = {}): void {
        node.stub("kubectl", {
            ...answers,
            [name]: answers[name] ?? "echo worker-1",
            [ready]: answers[ready] ?? "echo True",
            [versions]: answers[versions] ?? "printf 'v1.37.1 containerd://2.3.7'",
        });
    }

    function changes(): string[] {
        return node
            .calls("kubectl")
            .map((line) => line.replace("kubectl --kubeconfig FILE --request-timeout 30s ", ""))
            .filter((line) => /^(annotate|label|taint|delete|drain|uncordon|.* delete secret)/.test(line));
    }
});
