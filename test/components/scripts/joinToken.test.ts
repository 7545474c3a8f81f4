import assert from "node:assert/strict";
import { makeInstance } from "../../support/fakeInstance";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const joinToken = programScript("join-token");
const values = { NODE: "control-plane-2", PARAMETER: "/dev/join-token", TOKEN_MINUTES: 60 };
const admin = "kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace kube-system --request-timeout 30s";

describe("join-token.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        makeInstance(node);
        node.write("/etc/kubernetes/pulumi-kubeadm/member");
        node.stub("kubeadm", "echo abcdef.0123456789abcdef");
    });

    it("makes a token that lives for an hour, and puts it into the parameter", () => {
        const before = Date.now();

        const run = hand();

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, "control-plane-2: handing over a new token\n");
        const secret = node.inputs();
        assert.match(secret, /^ {2}name: bootstrap-token-abcdef\n {2}labels:\n {4}pulumi-kubeadm\/token: self-join$/m);
        assert.match(secret, /^ {2}token-secret: "0123456789abcdef"$/m);
        assert.match(secret, /^ {2}auth-extra-groups: system:bootstrappers:kubeadm:default-node-token$/m);
        const [, expiration = ""] = /^ {2}expiration: "(.*)"$/m.exec(secret) ?? [];
        assert.ok(Math.abs(Date.parse(expiration) - before - 3600_000) < 60_000, expiration);
        assert.match(
            secret,
            /^data = "\{\\"Name\\":\\"\/dev\/join-token\\",\\"Type\\":\\"SecureString\\",\\"Overwrite\\":true,\\"Value\\":\\"abcdef\.0123456789abcdef\\"\}"$/m,
        );
        assert.doesNotMatch(node.calls().join("\n"), /0123456789abcdef/);
    });

    it("revokes what was handed over more than five minutes ago, and nothing that another control plane just did", () => {
        const list = [
            [40, "bootstrap-token-oldest"],
            [6, "bootstrap-token-older"],
            [4, "bootstrap-token-others"],
            [0, "bootstrap-token-abcdef"],
        ].map(
            ([minutes, name]) =>
                `echo "${new Date(Date.now() - Number(minutes) * 60_000).toISOString()} ${String(name)}"`,
        );
        node.stub("kubectl", { "get secrets --selector pulumi-kubeadm/token=self-join": list.join("; ") });

        hand();

        assert.deepEqual(
            node
                .calls("kubectl")
                .filter((line) => line.includes("delete"))
                .map((line) => line.replace(node.path("/"), "/")),
            ["oldest", "older"].map((name) => `${admin} delete secret bootstrap-token-${name} --ignore-not-found`),
        );
    });

    it("takes a token back that it could not hand over, and keeps the earlier ones", () => {
        node.stub(
            "curl",
            'case $line in *PutParameter*) echo \'{"__type":"AccessDeniedException"}\' >&2; exit 22 ;; *) echo x ;; esac',
        );
        node.stub("kubectl", { "get secrets": "echo 2020-01-01T00:00:00Z bootstrap-token-before" });

        const run = hand();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}the token could not be put into the parameter \/dev\/join-token\n/);
        assert.match(run.stderr, /AccessDeniedException/);
        assert.deepEqual(
            node.calls("kubectl").flatMap((line) => /delete secret (\S+)/.exec(line)?.[1] ?? []),
            ["bootstrap-token-abcdef"],
        );
    });

    it("does nothing on a machine that is no control plane yet, and is tried again", () => {
        node.remove("/etc/kubernetes/pulumi-kubeadm/member");

        const run = hand();

        assert.equal(run.status, 1);
        assert.deepEqual(node.calls("ku"), []);
    });

    function hand(): Run {
        return node.run(joinToken, values);
    }
});
