import assert from "node:assert/strict";
import { credentials, makeInstance, parameterFile } from "../../support/fakeInstance";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";
import { programScript } from "../../support/programScripts";

const selfJoin = programScript("self-join");
const token = "abcdef.q1w2e3r4t5y6u7i8";
const report = 'echo "$NODE $ADDRESS $1"; echo "$CONFIG"';
const values = {
    NODE: "gpu",
    PARAMETER: "/dev/join-token",
    GROUP: "dev-gpu",
    HOOK: "joined",
    PREPARE: 'echo "prepare @INSTANCE@ $1"',
    JOIN: `NODE='@INSTANCE@'\nADDRESS='@ADDRESS@'\nCONFIG='token: @TOKEN.@ id: aws:///@ZONE@/@INSTANCE@ in @REGION@ @INSTANCE_TYPE@ @LIFECYCLE@'\n${report}`,
};

describe("self-join.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        makeInstance(node);
        node.stub("dpkg-query", "echo installed");
        node.stub("systemctl");
        node.write(parameterFile, token);
    });

    it("prepares the instance, reads the token, and joins, with what only the instance knows filled in", () => {
        const run = join();

        assert.equal(run.stderr, "");
        assert.deepEqual(run.stdout.trimEnd().split("\n"), [
            "gpu: asking what instance it is",
            "gpu: is i-0abc123 at 10.0.7.9",
            "prepare i-0abc123 create",
            "i-0abc123: reading the pool's token",
            "i-0abc123 10.0.7.9 create",
            `token: ${token} id: aws:///eu-central-1b/i-0abc123 in eu-central-1 m7g.large spot`,
            "i-0abc123: telling the group dev-gpu that it has joined",
            "i-0abc123: has joined",
        ]);
    });

    it("proves who it is with a session of the metadata service and a signature of its role's credentials", () => {
        join();

        assert.match(
            node.calls("curl").find((line) => line.includes("AmazonSSM")) ?? "",
            / --aws-sigv4 aws:amz:eu-central-1:ssm .* --config FILE https:\/\/ssm\.eu-central-1\.amazonaws\.com\/$/,
        );
        assert.match(node.inputs(), /^header = "X-aws-ec2-metadata-token: imds-session"$/m);
        assert.match(node.inputs(), /^user = "ASIAEXAMPLE:secret\/key\+1"$/m);
        assert.match(node.inputs(), /^header = "X-Amz-Security-Token: session-token"$/m);
        assert.match(node.inputs(), /^data = "\{\\"Name\\":\\"\/dev\/join-token\\",\\"WithDecryption\\":true\}"$/m);
    });

    it("asks only with a session: never by the first version of the metadata service", () => {
        join();

        const asked = node.calls("curl").filter((line) => line.includes("169.254.169.254/latest/meta-data"));
        assert.ok(asked.length > 5);
        assert.deepEqual(
            asked.filter((line) => !line.includes("--config FILE")),
            [],
        );
    });

    it("has no secret in a command line or on a disk", () => {
        const run = join({ JOIN: "kubeadm join <<<'@TOKEN.@'" });

        assert.equal(run.status, 0, run.stderr);
        const secrets = [token.slice(7), credentials.key, credentials.session, "imds-session"];
        node.remove(parameterFile);
        const seen = [...node.calls(), ...Object.values(node.files())].join("\n");
        assert.deepEqual(
            secrets.filter((secret) => seen.includes(secret)),
            [],
        );
    });

    it("installs what the image lacks, and nothing else", () => {
        node.stub(
            "dpkg-query",
            "case $line in *conntrack) exit 1 ;; *nftables) echo config-files ;; *) echo installed ;; esac",
        );
        node.stub("apt-get");

        const run = join();

        assert.match(run.stdout, /^i-0abc123: installing conntrack nftables$/m);
        assert.match(node.calls("apt-get").at(-1) ?? "", / install --yes --no-install-recommends conntrack nftables$/);
    });

    it("waits while there is no token, and says whose task it is", () => {
        node.write(parameterFile, "none yet");

        const run = join();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}there is no token: the parameter holds no token yet\n/);
        assert.match(run.stderr, /repair: {2}look at journalctl -u pulumi-kubeadm-join-token on the control planes/);
        assert.doesNotMatch(run.stdout, /create\ntoken/);
    });

    it("passes on what the Parameter Store refuses", () => {
        node.stub(
            "curl",
            'case $line in *GetParameter*) echo \'{"__type":"AccessDeniedException"}\'; exit 22 ;; *) echo eu-central-1 ;; esac',
        );

        const run = join();

        assert.match(run.stderr, /seen: {4}there is no token: \{"__type":"AccessDeniedException"\}\n/);
    });

    it("takes nothing from the metadata service that does not look like a fact of an instance", () => {
        node.stub("curl", `echo "i-1'; touch /etc/owned; '"`);

        const run = join();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}the instance does not say what it is/);
        assert.equal(node.exists("/etc/owned"), false);
    });

    it("tells the group that it has joined, and is not started again", () => {
        join();

        assert.match(
            node.calls("curl").at(-1) ?? "",
            / --aws-sigv4 aws:amz:eu-central-1:autoscaling .* --config FILE https:\/\/autoscaling\.eu-central-1\.amazonaws\.com\/$/,
        );
        const action = "Action=CompleteLifecycleAction&Version=2011-01-01";
        const launch = "AutoScalingGroupName=dev-gpu&LifecycleHookName=joined&InstanceId=i-0abc123";
        assert.ok(node.inputs().includes(`data = "${action}&${launch}&LifecycleActionResult=CONTINUE"`), node.inputs());
        assert.deepEqual(node.calls("systemctl"), ["systemctl disable --quiet pulumi-kubeadm-self-join.service"]);
    });

    it("has nothing to tell a group that does not wait for it", () => {
        makeInstance(node, {
            group: "echo 'ValidationError: No active Lifecycle Action found with instance ID i-0abc123'; exit 22",
        });

        const run = join();

        assert.equal(run.status, 0, run.stderr);
        assert.match(run.stdout, /^i-0abc123: has joined$/m);
    });

    it("goes on until the group has heard it", () => {
        makeInstance(node, { group: "echo AccessDenied; exit 22" });

        const run = join();

        assert.equal(run.status, 97);
        assert.match(run.stderr, /seen: {4}the group was not told that this instance has joined: AccessDenied\n/);
        assert.deepEqual(node.calls("systemctl"), []);
    });

    it("fails with the part that fails, so that it is run again", () => {
        const run = join({ PREPARE: "exit 97" });

        assert.equal(run.status, 97);
        assert.doesNotMatch(run.stdout, /reading/);
    });

    function join(given: Partial<typeof values> = {}): Run {
        return node.run(selfJoin, { ...values, ...given });
    }
});
