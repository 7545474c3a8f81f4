import assert from "node:assert/strict";
import { ecrCredentialProvider } from "../../../components/platforms/awsEcr";
import { Script } from "../../../components/remote/script";
import { type FakeNode, fakeNode, type Run } from "../../support/fakeNode";

const folder = "/usr/local/lib/pulumi-kubeadm/credential-providers";
const program = `${folder}/ecr-credential-provider`;

/** prepare.sh calls the function; here it is all that runs. */
const script = new Script("credential-provider.sh", "download.sh");
const install = {
    render: (values: Parameters<Script["render"]>[0]) => `${script.render(values)}\ninstall_credential_provider\n`,
};

describe("credential-provider.sh", () => {
    let node: FakeNode;

    beforeEach(() => {
        node = fakeNode();
        // A file holds its own address, and its checksum is what openssl says of any.
        node.stub("curl", 'while (($# > 1)); do [[ $1 == --output ]] && out=$2; shift; done; echo "$1" >"$out"');
        node.stub(
            "openssl",
            'echo "https://artifacts.k8s.io/binaries/cloud-provider-aws/v1.31.0/linux/amd64/ecr-credential-provider-linux-amd64.sha256"',
        );
    });

    it("puts the plugin and its configuration where the kubelet's flags point", () => {
        const run = provide();

        assert.equal(run.stderr, "");
        assert.equal(run.stdout, "worker-1: installing ecr-credential-provider\n");
        assert.match(
            node.read(program),
            /^https:\/\/artifacts\.k8s\.io\/binaries\/cloud-provider-aws\/v1\.31\.0\/linux\/amd64\/ecr-credential-provider-linux-amd64$/m,
        );
        assert.equal(node.mode(program), "755");
        assert.match(node.read(`${folder}.yaml`), /^kind: CredentialProviderConfig$/m);
    });

    it("fetches nothing when it is there", () => {
        provide();
        const before = node.calls("curl").length;

        const run = provide();

        assert.equal(run.stdout, "");
        assert.equal(node.calls("curl").length, before);
    });

    it("does nothing where the platform has none", () => {
        const run = provide("");

        assert.equal(run.stdout + run.stderr, "");
        assert.deepEqual(node.calls(), []);
    });

    function provide(name = ecrCredentialProvider.name): Run {
        return node.run(install, {
            NODE: "worker-1",
            MIRROR: "",
            DOWNLOADS: ecrCredentialProvider.downloads,
            CREDENTIAL_PROVIDER: name,
            CREDENTIAL_PROVIDER_CONFIG: ecrCredentialProvider.config.trimEnd(),
        });
    }
});
