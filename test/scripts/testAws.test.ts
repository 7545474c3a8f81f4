import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const repository = join(__dirname, "../..");
const consent = {
    TEST_AWS_CONFIRM: "make and destroy",
    TEST_AWS_CIDR: "198.51.100.9/32",
    AWS_PROFILE: "test",
    AWS_REGION: "eu-north-1",
};

describe("npm run test:aws", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "test-aws-"));
        ["scripts", "components", "Pulumi.staging.yaml"].forEach((each) => {
            cpSync(join(repository, each), join(folder, each), { recursive: true });
        });
        mkdirSync(join(folder, "bin"));
        stub("kubectl", "");
        stub("npm", 'cat Pulumi.awstest.yaml >"$FOLDER/stack-file" 2>/dev/null');
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("does nothing without consent, an address and credentials, and says what is needed", () => {
        const run = testAws({});

        assert.equal(run.status, 2);
        assert.match(
            run.stderr,
            /TEST_AWS_CONFIRM="make and destroy", since this makes machines on AWS that cost money/,
        );
        assert.match(run.stderr, /TEST_AWS_CIDR/);
        assert.match(run.stderr, /credentials of AWS/);
        assert.deepEqual(calls(), []);
    });

    it("does nothing over a cluster that an earlier run left", () => {
        mkdirSync(join(folder, ".state/awstest"), { recursive: true });

        assert.equal(testAws(consent).status, 2);
        assert.deepEqual(calls(), []);
    });

    it("makes the staging cluster for this computer's address, and destroys it whatever failed", () => {
        stub("npm", 'cat Pulumi.awstest.yaml >"$FOLDER/stack-file" 2>/dev/null; [[ $1 != start ]]');

        const run = testAws(consent);

        assert.equal(run.status, 1);
        assert.match(run.stdout, /\n {3}FAILED: npm start makes the cluster\n/);
        assert.match(run.stdout, /\n\d+ held, \d+ failed\n$/);
        assert.equal(calls().at(-1), "npm stop");
        assert.match(read("stack-file"), /aws:region: eu-north-1\n/);
        assert.match(read("stack-file"), /awsZones: \[eu-north-1a, eu-north-1b, eu-north-1c\]\n/);
        assert.match(read("stack-file"), /awsAllowedCidrs: \[198\.51\.100\.9\/32\]\n/);
        assert.match(read("stack-file"), /workerNodes: 2\n {2}pulumi-kubeadm:replace: \[worker-1, control-plane-1\]\n/);
        assert.match(read("stack-file"), /^ {2}pulumi-kubeadm:awsAddons: \[ebs-csi\]$/m);
        assert.equal(existsSync(join(folder, "Pulumi.awstest.yaml")), false);
    });

    const volume = "a claim gets a volume, which a pod writes to and which goes with it";

    it("holds a volume for good when its pod ended well and nothing of it is left", () => {
        stub("npm", 'cat >>"$FOLDER/input"; [[ "$*" != *" get persistentvolumeclaim "* ]] || echo Bound');

        const run = testAws(consent);

        assert.match(run.stdout, new RegExp(`held: ${volume}\n`));
        assert.match(read("input"), /storageClassName: ebs-gp3\n/);
        assert.deepEqual(
            calls()
                .filter((call) => /volume|persistent/.test(call))
                .map((call) => call.replace("npm run --silent kubectl -- ", "").split(" ")[0]),
            ["wait", "logs", "get", "delete", "wait"],
        );
    });

    it("takes the volume away again when it was not written to", () => {
        stub("npm", 'cat >/dev/null; [[ "$*" != *"wait pod/volume-test"* ]]');

        const run = testAws(consent);

        assert.match(run.stdout, new RegExp(`FAILED: ${volume}\n`));
        assert.ok(calls().some((call) => call.includes("delete pod,persistentvolumeclaim volume-test")));
    });

    it("says that machines go on costing money when they could not be destroyed", () => {
        stub("npm", "[[ $1 != stop ]]");

        const run = testAws(consent);

        assert.equal(run.status, 1);
        assert.match(run.stdout, /NOT DESTROYED: .*PULUMI_STACK=awstest npm stop/);
        assert.equal(existsSync(join(folder, "Pulumi.awstest.yaml")), true);
    });

    function stub(command: string, body: string): void {
        const text = `#!/usr/bin/env bash\necho "\${0##*/} $*" >>"$FOLDER/calls"\n${body}\n`;
        writeFileSync(join(folder, "bin", command), text, { mode: 0o755 });
    }

    function testAws(env: Readonly<Record<string, string>>) {
        return spawnSync(join(folder, "scripts/test-aws.sh"), [], {
            encoding: "utf8",
            env: {
                PATH: [join(folder, "bin"), "/usr/bin", "/bin"].join(delimiter),
                HOME: folder,
                PULUMI_KUBEADM_CACHE: join(folder, "cache"),
                FOLDER: folder,
                ...env,
            },
        });
    }

    function read(file: string): string {
        return existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "";
    }

    function calls(): string[] {
        return read("calls")
            .split("\n")
            .filter((line) => line !== "");
    }
});
