import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { type FakeNode, fakeNode } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const admit = programScript("admit");
const admitWithoutEtcd = programScript("admit", "etcdctl");
const values = {
    NODE: "control-plane-2",
    PLACE: "control-plane-2",
    POOL: "control-plane",
    HAS_ETCD: true,
    ADDRESS: "10.0.0.12",
    IDENTITY: "container-2",
    KUBECONFIG_TEXT: "the kubeconfig",
    TOKEN_ID: "abcdef",
    TOKEN_SECRET: "secretpartofit00",
    TOKEN_MINUTES: 60,
    ADMISSION: "2026-11-21T08:00:00Z",
};
const machine = "jsonpath={.metadata.annotations.pulumi-kubeadm/machine}";
const name = "jsonpath={.metadata.name}";
const ready = 'type=="Ready"';
const changes = /^kubectl \S+ FILE \S+ 30s (apply|delete|annotate|.*member remove)/;

describe("admit.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
    });

    it("admits a machine of a name that the cluster does not know", () => {
        node.stub("kubectl", { "get pods": "echo etcd-control-plane-1" });

        const run = node.run(admit, values);

        assert.equal(run.stderr, "");
        assert.equal(
            run.stdout,
            "control-plane-2: waiting until no other control plane joins\ncontrol-plane-2: admitting it for 60 minutes\n",
        );
        assert.deepEqual(changesOf(node), ["apply --server-side --field-manager pulumi-kubeadm --filename -"]);
    });

    it("makes a token that joins nodes, and ends by itself", () => {
        node.run(admitWithoutEtcd, { ...values, HAS_ETCD: false });

        const secret = parseAllDocuments(node.inputs().slice(node.inputs().indexOf("apiVersion: v1\nkind: Secret")))[0];
        const { metadata, type, stringData } = secret?.toJS() as Record<string, Record<string, string>>;
        assert.deepEqual(metadata, { name: "bootstrap-token-abcdef", namespace: "kube-system" });
        assert.equal(type, "bootstrap.kubernetes.io/token");
        const { expiration = "", ...rest } = stringData ?? {};
        assert.deepEqual(rest, {
            description: "control-plane-2",
            "token-id": "abcdef",
            "token-secret": "secretpartofit00",
            "usage-bootstrap-authentication": "true",
            "usage-bootstrap-signing": "true",
            "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
        });
        const minutes = (Date.parse(expiration) - Date.now()) / 60_000;
        assert.ok(minutes > 58 && minutes <= 60, expiration);
    });

    it("keeps token and kubeconfig out of files, output and command lines", () => {
        node.stub("kubectl", { "get pods": "echo etcd-control-plane-1" });

        const run = node.run(admit, values);

        const shown = [run.stdout, run.stderr, ...node.calls(), ...Object.values(node.files())].join("\n");
        assert.doesNotMatch(shown, /secretpartofit00|the kubeconfig/);
    });

    it("does nothing for a machine that is a node already", () => {
        node.stub("kubectl", { [machine]: "echo container-2", [name]: "echo control-plane-2" });

        const run = node.run(admit, values);

        assert.equal(run.stdout, "control-plane-2: is a node already\n");
        assert.deepEqual(changesOf(node), []);
    });

    it("gives a machine another token that is a Node already and not yet in full standing", () => {
        node.stub("kubectl", {
            [name]: "echo control-plane-2",
            [ready]: "echo True",
            "get pods": "echo etcd-control-plane-1",
        });

        const run = node.run(admit, values, "update");

        assert.equal(
            run.stdout,
            "control-plane-2: waiting until no other control plane joins\ncontrol-plane-2: admitting it for 60 minutes\n",
        );
        assert.deepEqual(changesOf(node), ["apply --server-side --field-manager pulumi-kubeadm --filename -"]);
    });

    it("gives a node no other token", () => {
        node.stub("kubectl", { [machine]: "echo container-2", [name]: "echo control-plane-2" });

        const run = node.run(admit, values, "update");

        assert.equal(run.stdout, "control-plane-2: is a node already\n");
        assert.deepEqual(changesOf(node), []);
    });

    it("clears the Node and the etcd member that an earlier machine of this name left", () => {
        node.stub("kubectl", {
            [machine]: "echo container-1",
            [name]: "echo control-plane-2",
            "get pods": "echo etcd-control-plane-2; echo etcd-control-plane-3",
            [ready]: "echo Unknown",
            "member list": memberList,
        });

        const run = node.run(admit, values);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(changesOf(node), [
            "delete node control-plane-2",
            `--namespace kube-system exec etcd-control-plane-3 -- etcdctl ${etcdFlags} member remove 2222`,
            "apply --server-side --field-manager pulumi-kubeadm --filename -",
        ]);
        // In its pod etcdctl would be asked for, though nobody answers.
        assert.equal(
            node.calls("kubectl").filter((line) => line.includes(" delete pod etcd-control-plane-2 ")).length,
            1,
        );
    });

    it("asks etcd through a member that answers, if there is one", () => {
        node.stub("kubectl", {
            "get pods": "echo etcd-control-plane-1 False; echo etcd-control-plane-3 True",
            "member list": memberList,
        });

        node.run(admit, values);

        assert.match(changesOf(node)[0] ?? "", /exec etcd-control-plane-3 -- .* member remove 2222$/);
    });

    it("waits for an answer of etcd about an earlier machine, and names what it saw instead", () => {
        node.stub("kubectl", {
            "get pods": "echo etcd-control-plane-1",
            "member list": "echo 'pods etcd-control-plane-1 not found' >&2; exit 1",
        });

        const run = node.run(admit, values);

        assert.match(run.stderr, /waited 60 s for etcd to say which members it has/);
        assert.match(
            run.stderr,
            /seen: {4}etcd keeps the member of an earlier machine at 10\.0\.0\.12: pods etcd-control-plane-1 not found\n/,
        );
        assert.deepEqual(changesOf(node), []);
    });

    it("clears an etcd member whose Node is gone", () => {
        node.stub("kubectl", { "get pods": "echo etcd-control-plane-1", "member list": memberList });

        node.run(admit, values);

        assert.match(changesOf(node)[0] ?? "", /member remove 2222$/);
    });

    it("asks etcd nothing about a worker", () => {
        node.stub("kubectl", { [name]: "echo worker-1", [ready]: "echo False" });

        node.run(admitWithoutEtcd, { ...values, NODE: "worker-1", PLACE: "worker-1", HAS_ETCD: false });

        assert.deepEqual(
            node.calls().filter((line) => line.includes("etcdctl")),
            [],
        );
        assert.equal(changesOf(node)[0], "delete node worker-1");
    });

    const unread = [
        {
            title: "which machine a node is",
            field: machine,
            seen: /the cluster does not say which machine worker-1 is\n/,
        },
        {
            title: "whether a node is there",
            field: name,
            seen: /does not say whether there is a node named worker-1\n/,
        },
        {
            title: "whether a node is Ready",
            field: ready,
            seen: /the cluster does not say whether worker-1 is Ready\n/,
        },
    ];

    unread.forEach(({ title, field, seen }) => {
        it(`clears and admits nothing while the cluster does not say ${title}`, () => {
            node.stub("kubectl", { [name]: "echo worker-1", [field]: "exit 1" });

            const run = node.run(admitWithoutEtcd, { ...values, NODE: "worker-1", PLACE: "worker-1", HAS_ETCD: false });

            assert.equal(run.status, 97);
            assert.match(run.stderr, seen);
            assert.deepEqual(changesOf(node), []);
        });
    });

    it("waits until the earlier machine no longer counts as Ready", () => {
        node.stub("kubectl", {
            [name]: "echo worker-1",
            [ready]: `[[ $(grep -c ${quoted(ready)} "$LOG/calls") -lt 2 ]] && echo True || echo Unknown`,
        });

        const run = node.run(admitWithoutEtcd, { ...values, NODE: "worker-1", PLACE: "worker-1", HAS_ETCD: false });

        assert.equal(run.status, 0, run.stderr);
        assert.equal(changesOf(node)[0], "delete node worker-1");
    });

    it("refuses a machine while another of its name is Ready", () => {
        node.stub("kubectl", { [name]: "echo control-plane-2", [ready]: "echo True" });

        const run = node.run(admit, values);

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}a node named control-plane-2 is Ready in the cluster\n/);
        assert.deepEqual(changesOf(node), []);
    });

    const turns: readonly { title: string; tokens: string; members: readonly string[]; goes: boolean }[] = [
        { title: "another one has a token and is no member yet", tokens: "control-plane-3", members: [], goes: false },
        {
            title: "another one is still a learner",
            tokens: "control-plane-3",
            members: ["3333, started, control-plane-3, https://10.0.0.13:2380, https://10.0.0.13:2379, true"],
            goes: false,
        },
        {
            title: "the other one is a voter, its token only not revoked yet",
            tokens: "control-plane-3",
            members: ["3333, started, control-plane-3, https://10.0.0.13:2380, https://10.0.0.13:2379, false"],
            goes: true,
        },
        { title: "only workers are on their way", tokens: "worker-1", members: [], goes: true },
        { title: "it has a token itself, of an earlier try", tokens: "control-plane-2", members: [], goes: true },
    ];

    turns.forEach(({ title, tokens, members, goes }) => {
        it(`${goes ? "admits" : "does not admit"} a control plane when ${title}`, () => {
            node.stub("kubectl", {
                "get pods": "echo etcd-control-plane-1",
                "get secrets": `echo ${tokens}`,
                "member list": `printf '%s\n' ${members.map((line) => `'${line}'`).join(" ")}`,
            });

            const run = node.run(admit, values);

            assert.equal(run.status, goes ? 0 : 97, run.stderr);
            assert.equal(changesOf(node).length, goes ? 1 : 0);
            const seen = "another control plane is still joining: control-plane-3 is on its way";
            assert.equal(run.stderr.includes(seen), !goes);
        });
    });

    it("admits no control plane while another one leaves or is admitted", () => {
        node.stub("kubectl", { "get pods": "echo etcd-control-plane-1" });
        node.stub("flock", { "--nonblock 8": "exit 1" });

        const run = node.run(admit, values);

        assert.match(run.stderr, /seen: .* another node of the pool control-plane is leaving, or being admitted\n/);
        assert.deepEqual(changesOf(node), []);
    });

    it("lets workers join whenever they want", () => {
        node.run(admitWithoutEtcd, { ...values, HAS_ETCD: false });

        assert.deepEqual(node.calls("flock"), ["flock --nonblock 9"]);
    });

    it("says what is wrong when no API server answers", () => {
        node.stub("kubectl", "echo connection refused; exit 1");

        const run = node.run(admit, values);

        assert.match(
            run.stderr,
            /waited 300 s for the API server behind the load balancer; last seen: connection refused/,
        );
        assert.match(
            run.stderr,
            /seen: {4}the API server does not answer through the load balancer: connection refused\n/,
        );
    });

    it("revokes the token of a machine that never joined when it goes", () => {
        node.stub("kubectl", { "data.controlPlaneNodes": "echo 3", "get pods": "echo etcd-control-plane-1" });

        const run = node.run(admit, values, "delete");

        assert.equal(run.status, 0, run.stderr);
        const secret = "--namespace kube-system delete secret bootstrap-token-abcdef --ignore-not-found";
        assert.ok(node.calls("kubectl").includes(`kubectl --kubeconfig FILE --request-timeout 30s ${secret}`));
        assert.deepEqual(
            changesOf(node).filter((line) => line.includes("member remove")),
            [],
        );
    });
});

const etcdFlags =
    "--cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt " +
    "--key /etc/kubernetes/pki/etcd/healthcheck-client.key";

const memberList = `cat <<'LIST'
1111, started, control-plane-1, https://10.0.0.11:2380, https://10.0.0.11:2379, false
2222, started, control-plane-2, https://10.0.0.12:2380, https://10.0.0.12:2379, false
LIST
`;

/** What kubectl was told to change, without its constant flags and with the machine's own paths. */
function changesOf(node: FakeNode): string[] {
    return node
        .calls("kubectl")
        .filter((line) => changes.test(line))
        .map((line) =>
            line.replace("kubectl --kubeconfig FILE --request-timeout 30s ", "").replaceAll(node.path(""), ""),
        );
}

function quoted(text: string): string {
    return `'${text}'`;
}
