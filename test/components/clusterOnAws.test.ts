import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { Cluster, type ClusterArgs } from "../../components/cluster";
import { createPlatform } from "../../components/platforms/createPlatform";
import { neverRestored } from "../../changes/restores";
import { noSnapshot } from "../../changes/snapshotFile";
import { anyVpc, awsOutputs, awsResults, existingBastion, zones } from "../support/awsOutputs";
import { configOf } from "../support/configOf";
import { firstUpdate, newData } from "../support/firstUpdate";
import { type MockPulumi, mockPulumi, valueOf } from "../support/mockPulumi";

const instance = "aws:ec2/instance:Instance";

/** Flags of the ssh on the way, which is told nothing by that to the machine. */
const ofItsOwn = "-F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes";

describe("a Cluster on a platform with a load balancer of its own", () => {
    let engine: MockPulumi;
    let cluster: Cluster;

    before(async () => {
        ({ engine, cluster } = await make({ certSANs: ["api.example.com"] }));
    });

    it("sets up no HAProxy, and has all other steps", async () => {
        const names = (await engine.resources()).map(({ name }) => name);
        const steps = ["prepare", "admit", "join", "drain", "settle", "membership"];

        assert.deepEqual(
            names.filter((name) => name.includes("haproxy")),
            [],
        );
        assert.deepEqual(
            steps.filter((step) => !names.includes(`worker-1-${step}`)),
            [],
        );
    });

    it("prepares a machine when the way to the endpoint is there", async () => {
        const names = (await engine.resource("worker-1-prepare")).options.dependsOn.map(nameOf);

        assert.ok(names.includes("machines-api") && names.includes("machines-dns"));
    });

    it("runs kubectl on the bastion, and goes over it to every node", async () => {
        const admit = (await engine.resource("worker-1-admit")).inputs.connection as Record<string, unknown>;
        const join = (await engine.resource("worker-1-join")).inputs.connection as { proxy: Record<string, unknown> };

        assert.equal(admit.host, "198.51.100.1 of machines-bastion");
        assert.equal(join.proxy.host, "198.51.100.1 of machines-bastion");
        assert.equal(join.proxy.hostKey, "public openssh machines-bastion-host-key");
    });

    it("gives API servers the names of the endpoint for the operator, and time to be taken out", async () => {
        const { inputs } = await engine.resource("control-plane-1");
        const { apiServer } = parse(String(inputs.clusterConfiguration)) as {
            apiServer: { certSANs: string[]; extraArgs: { name: string; value: string }[] };
        };

        assert.deepEqual(apiServer.certSANs, ["127.0.0.1", "api.example.com", "machines-api-public.elb.example.com"]);
        assert.deepEqual(
            apiServer.extraArgs.filter(({ name }) => name === "shutdown-delay-duration"),
            [{ name: "shutdown-delay-duration", value: "20s" }],
        );
    });

    it("says how a person gets to a node over the bastion", async () => {
        const commands = await valueOf(cluster.sshCommands);
        const ssh = "ssh -i .state/stack/login-key -o UserKnownHostsFile=.state/stack/known_hosts";

        assert.equal(commands.bastion, `${ssh} admin@198.51.100.1 of machines-bastion`);
        assert.equal(
            commands["worker-1"],
            `${ssh} -o ProxyCommand="${ssh} ${ofItsOwn} -W %h:%p admin@198.51.100.1 of machines-bastion" ` +
                "admin@10.0.0.1 of machines-worker-1",
        );
    });

    it("sends a snapshot over the bastion", async () => {
        const { engine: other } = await make({}, { origin: "1: a.db", snapshot: { ...noSnapshot, file: "a.db" } });

        const { inputs } = await other.resource("dev-snapshot");
        assert.match(String(inputs.stdin), /^OVER='admin@198\.51\.100\.1 of machines-bastion'$/m);
        assert.match(
            String(inputs.stdin),
            /^KNOWN_HOSTS='.* public openssh machines-control-plane-1-host-key\n.* public openssh machines-bastion-host-key'$/m,
        );
    });

    it("goes over a bastion that is there with its own key", async () => {
        const snapshot = { origin: "1: a.db", snapshot: { ...noSnapshot, file: "a.db" } };
        const { engine: other, cluster: over } = await make({ ...vpc, ...existingBastion }, snapshot);

        const ssh = (key: string): string =>
            `ssh -i .state/stack/${key} -o UserKnownHostsFile=.state/stack/known_hosts`;
        const commands = await valueOf(over.sshCommands);
        assert.equal(commands.bastion, `${ssh("admin-key")} ops@bastion.example.com`);
        assert.equal(
            commands["worker-1"],
            `${ssh("login-key")} -o ProxyCommand="${ssh("admin-key")} ${ofItsOwn} -W %h:%p ops@bastion.example.com" ` +
                "admin@10.0.0.1 of machines-worker-1",
        );
        const { inputs } = await other.resource("dev-snapshot");
        assert.match(String(inputs.stdin), /^OVER_KEY='-----BEGIN OPENSSH/m);
        assert.match(String(inputs.stdin), /^LOGIN_KEY='private openssh machines-login/m);
        const kubectl = await other.resource("dev-kubectl");
        assert.deepEqual(kubectl.inputs.triggers, [existingBastion.awsBastion.hostKey]);
    });

    it("brings addons with their manifests, flags of every kubelet, and rights of the machines that need them", async () => {
        const { engine: other } = await make({ awsAddons: ["cloud-controller", "ecr", "ebs-csi"] });

        const manifest = String((await other.resource("aws-cloud-controller")).inputs.manifest);
        assert.match(manifest, /--cluster-name=dev/);
        const volumes = String((await other.resource("aws-ebs-csi")).inputs.manifest);
        assert.match(volumes, /--k8s-tag-cluster-id=dev\n(.*\n)*.*value: eu-central-1\n/);
        const join = String((await other.resource("worker-1-join")).inputs.stdin);
        for (const flag of [
            "cloud-provider",
            "image-credential-provider-bin-dir",
            "image-credential-provider-config",
        ]) {
            assert.match(join, new RegExp(`name: ${flag}\\n`));
        }
        assert.match(join, /value: aws:\/\/\/eu-central-1a\/machines-worker-1-id/);
        const prepare = String((await other.resource("worker-1-prepare")).inputs.stdin);
        assert.match(prepare, /^CREDENTIAL_PROVIDER='ecr-credential-provider'$/m);
        const granted = (await other.resources()).filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
        assert.deepEqual(
            granted.map(({ name, inputs }) => `${name}: ${String(inputs.role)}`),
            [
                "machines-control-plane-cloud-controller: name of machines-control-plane",
                "machines-control-plane-ebs-csi: name of machines-control-plane",
                "machines-control-plane-ecr: name of machines-control-plane",
                "machines-worker-ecr: name of machines-worker",
            ],
        );
    });

    it("brings no addon that nobody asked for", async () => {
        const names = (await engine.resources()).map(({ name }) => name);

        assert.equal(names.includes("aws-cloud-controller"), false);
        assert.equal(names.includes("aws-ebs-csi"), false);
        assert.match(String((await engine.resource("worker-1-prepare")).inputs.stdin), /^CREDENTIAL_PROVIDER=''$/m);
    });

    it("calls a node by its place and its instance, so that two in one place can be nodes at once", async () => {
        const node = "control-plane-1-i-1-id";
        const all = await engine.resources();
        const steps = all.filter(({ name, inputs }) => /^control-plane-1-/.test(name) && "stdin" in inputs);

        assert.deepEqual(
            steps.map(({ name, inputs }) => [name, /^NODE='(.*)'$/m.exec(String(inputs.stdin))?.[1]]),
            ["admit", "drain", "join", "join-token", "membership", "prepare", "settle"].map((step) => [
                `control-plane-1-${step}`,
                step === "join-token" ? "control-plane-1" : node,
            ]),
        );
        const admit = String((await engine.resource("control-plane-1-admit")).inputs.stdin);
        assert.match(admit, /^PLACE='control-plane-1'$/m);
        for (const step of ["control-plane-1-join", "control-plane-1-settle", "dev-init"]) {
            assert.match(String((await engine.resource(step)).inputs.stdin), new RegExp(`\n  name: ${node}\n`), step);
        }
        const { inputs } = await engine.resource("control-plane-1");
        assert.match(String(inputs.nodeConfiguration), new RegExp(`\n  name: ${node}\n`));
        assert.deepEqual(await valueOf(cluster.nodes), [
            {
                name: "control-plane-1",
                nodeName: node,
                role: "control-plane",
                address: "10.0.0.1 of machines-control-plane-1",
                version: "1.37.1",
            },
            {
                name: "worker-1",
                nodeName: "worker-1-i-1-id",
                role: "worker",
                address: "10.0.0.1 of machines-worker-1",
                version: "1.37.1",
            },
        ]);
    });

    it("makes every step of another machine before those of the one in its place go", async () => {
        const steps = (await engine.resources()).filter(
            ({ type, name }) => isRemote(type) && /^(control|worker)/.test(name),
        );

        assert.equal(steps.length, 13);
        const goingFirst = steps.filter(({ options }) => options.deleteBeforeReplace);
        // Those that do something when they go.
        assert.deepEqual(namesOf(goingFirst.filter(({ inputs }) => "delete" in inputs)), []);
    });

    it("makes groups whose instances join by themselves, when its nodes are members", async () => {
        const pool = { autoscaling: { min: 2, max: 20 }, labels: { "example.com/tier": "a" } };
        const { engine: other } = await make({
            workerPools: { batch: pool },
            awsMachines: { batch: { type: "m7g.large", disk: 60, spot: true } },
        });

        const all = await other.resources();
        const group = all.find(({ type }) => type === "aws:autoscaling/group:Group");
        assert.deepEqual([group?.inputs.minSize, group?.inputs.maxSize], [2, 20]);
        assert.deepEqual(
            group?.options.dependsOn.map(nameOf).filter((name) => name.endsWith("-membership")),
            ["control-plane-1-membership", "worker-1-membership"],
        );
        const template = all.find(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate");
        assert.equal(template?.inputs.instanceType, "m7g.large");
        assert.deepEqual(template.inputs.vpcSecurityGroupIds, ["machines-allow-worker-id"]);
        const text = gunzipSync(Buffer.from(String(template.inputs.userData), "base64")).toString();
        assert.match(text, /PARAMETER=.*\/pulumi-kubeadm\/dev\/join-token/);
        assert.match(text, /example\.com\/tier=a/);
        assert.match(text, /api\.dev\.internal:6443|apiServerEndpoint/);
        assert.equal(template.isSecret("userData"), false);
    });

    it("lets a member of external etcd join while the instances of all others are still to come", async () => {
        const events = new EventEmitter();
        const joined = once(events, "joined");
        const other = await mockPulumi({
            results: awsResults(anyVpc),
            outputs: async (resource) => {
                if (resource.name === "etcd-1-join") {
                    events.emit("joined");
                }
                if (resource.type === instance && /etcd-[23]$/.test(resource.name)) {
                    await joined;
                }
                return awsOutputs(resource);
            },
        });

        await makeCluster({ etcd: "external" }, { knownNodes: ["control-plane-1", "worker-1"] });

        const { inputs } = await other.resource("etcd-1-admit");
        assert.match(
            String(inputs.stdin),
            /^ETCD_ENDPOINTS=\('https:\/\/10\.0\.1\.1 of machines-etcd-1:2379' '.*-etcd-2:2379' '.*-etcd-3:2379'\)$/m,
        );
    });

    it("takes the word of the configuration before that of the platform", async () => {
        const { engine: other } = await make({ apiServerExtraArgs: { "shutdown-delay-duration": "5s" } });

        const { inputs } = await other.resource("control-plane-1");
        assert.match(String(inputs.clusterConfiguration), /name: shutdown-delay-duration\n\s+value: 5s/);
    });
});

const vpc = {
    awsVpc: { id: "vpc-1a", privateSubnets: ["subnet-1a", "subnet-1b"], publicSubnets: ["subnet-2a", "subnet-2b"] },
};

function aws(given: Record<string, unknown>) {
    return configOf({
        platform: "aws",
        awsZones: zones.slice(0, 2),
        awsAllowedCidrs: ["203.0.113.7/32"],
        awsPublicEndpoint: true,
        controlPlaneNodes: 1,
        workerNodes: 1,
        ...given,
    });
}

async function make(
    given: Record<string, unknown>,
    last: Partial<ClusterArgs> = {},
): Promise<{ engine: MockPulumi; cluster: Cluster }> {
    const engine = await mockPulumi({ outputs: awsOutputs, results: awsResults(anyVpc) });
    const cluster = await makeCluster(given, last);
    await engine.resources();
    return { engine, cluster };
}

async function makeCluster(given: Record<string, unknown>, last: Partial<ClusterArgs>): Promise<Cluster> {
    const config = aws(given);
    const data = newData();
    const platform = await createPlatform(config, { hosts: {}, generations: {}, restore: neverRestored }, data);
    return new Cluster("dev", {
        config,
        platform,
        data,
        ...firstUpdate,
        ...last,
    });
}

function isRemote(type: string): boolean {
    return type === "command:remote:Command";
}

function namesOf(resources: readonly { readonly name: string }[]): string[] {
    return resources.map(({ name }) => name);
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}
