import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { Cluster, type ClusterArgs } from "../../components/cluster";
import { endpointForNodes } from "../../components/platforms/createPlatform";
import { createLocalPlatform } from "../../components/platforms/local";
import { neverRestored } from "../../changes/restores";
import { caCertificate, caCertificateHash } from "../support/caCertificate";
import { clusterOutputs, tokenText } from "../support/clusterOutputs";
import { configOf } from "../support/configOf";
import { firstUpdate, newData } from "../support/firstUpdate";
import { type MockPulumi, mockPulumi, type RegisteredResource, valueOf } from "../support/mockPulumi";

const controlPlanes = ["control-plane-1", "control-plane-2", "control-plane-3"];
const nodes = [...controlPlanes, "worker-1", "worker-2"];
const steps = ["admit", "drain", "join", "membership", "prepare", "settle"];

describe("Cluster", () => {
    it("of one node is made of these resources", async () => {
        const engine = await makeCluster({ controlPlaneNodes: 1, workerNodes: 0 });

        assert.deepEqual(await treeOf(engine), {
            "": ["Cluster dev", "Local machines", "RandomId stack-data"],
            dev: [
                "Addon flannel",
                "LoadBalancer dev-load-balancer",
                "Node control-plane-1",
                "Pki dev-pki",
                "RandomId dev-evictions",
                "remote dev-declare",
                "remote dev-init",
                "remote dev-kubectl",
                "remote dev-upgrade-gate",
            ],
            "dev-load-balancer": ["remote dev-load-balancer-haproxy"],
            flannel: ["remote flannel-apply"],
            "control-plane-1": [
                "RandomPassword control-plane-1-token",
                "remote control-plane-1-admit",
                "remote control-plane-1-drain",
                "remote control-plane-1-join",
                "remote control-plane-1-membership",
                "remote control-plane-1-prepare",
                "remote control-plane-1-settle",
            ],
            machines: [
                "LocalMachine machines-control-plane-1",
                "LocalMachine machines-load-balancer",
                "PrivateKey machines-login",
                "local machines-network",
            ],
            "machines-control-plane-1": [
                "PrivateKey machines-control-plane-1-host-key",
                "local machines-control-plane-1",
            ],
            "machines-load-balancer": ["PrivateKey machines-load-balancer-host-key", "local machines-load-balancer"],
        });
    });

    it("of five nodes has the same of each node and machine, and the rest once", async () => {
        const tree = await treeOf((await defaultCluster()).engine);

        assert.deepEqual(tree.dev, [
            "Addon flannel",
            "LoadBalancer dev-load-balancer",
            ...nodes.map((node) => `Node ${node}`),
            "Pki dev-pki",
            "RandomId dev-evictions",
            "remote dev-declare",
            "remote dev-init",
            "remote dev-kubectl",
            "remote dev-upgrade-gate",
        ]);
        assert.deepEqual(
            nodes.map((node) => tree[node]),
            nodes.map((node) => [`RandomPassword ${node}-token`, ...steps.map((step) => `remote ${node}-${step}`)]),
        );
        assert.deepEqual(
            nodes.map((node) => tree[`machines-${node}`]),
            nodes.map((node) => [`PrivateKey machines-${node}-host-key`, `local machines-${node}`]),
        );
    });

    it("has no addon when the user brings a network plugin", async () => {
        const engine = await makeCluster({ cni: "none" });

        assert.equal((await treeOf(engine)).dev?.includes("Addon flannel"), false);
    });

    it("registers the same in a preview, where nothing of the machines is known", async () => {
        const made = (await defaultCluster()).engine;
        const madeNames = (await made.resources()).map(({ urn }) => urn);

        const previewed = await mockPulumi({ preview: true });
        newCluster();

        assert.deepEqual(
            (await previewed.resources()).map(({ urn }) => urn),
            madeNames,
        );
    });
});

describe("the steps of a Cluster", () => {
    let engine: MockPulumi;

    before(async () => {
        ({ engine } = await defaultCluster());
    });

    it("prepare every machine before the cluster is made on the first one", async () => {
        const dependencies = await dependenciesOf("dev-init");

        assert.deepEqual(dependencies.filter(isStep), [...nodes.map((node) => `${node}-prepare`)]);
        assert.deepEqual(await connectionOf("dev-init"), await connectionOf("control-plane-1-prepare"));
    });

    it("prepare machines at once, each when it and the load balancer's machine are there", async () => {
        const dependencies = await Promise.all(nodes.map((node) => dependenciesOf(`${node}-prepare`)));

        assert.deepEqual(
            dependencies.map((names) => names.filter(isStep)),
            Array<string[]>(5).fill([]),
        );
        assert.deepEqual(
            dependencies.map((names) => names.filter(isMachine)),
            nodes.map((node) => [`machines-${node}`, "machines-load-balancer"].sort()),
        );
    });

    it("admit a node when the cluster is there, and a control plane to etcd when it is prepared", async () => {
        const dependencies = await Promise.all(nodes.map((node) => dependenciesOf(`${node}-admit`)));

        const steps = ["dev-declare", "dev-init", "dev-kubectl", "dev-load-balancer-haproxy", "flannel-apply"];
        assert.deepEqual(
            dependencies.map((names) => names.filter(isStep)),
            nodes.map((node) => [...(node.startsWith("control-plane-") ? [`${node}-prepare`] : []), ...steps]),
        );
    });

    it("join a node after its own preparation and admission, and wait for no other node", async () => {
        const dependencies = await Promise.all(nodes.map((node) => dependenciesOf(`${node}-join`)));

        assert.deepEqual(
            dependencies.map((names) => names.filter(isStep)),
            nodes.map((node) => [`${node}-admit`, `${node}-prepare`]),
        );
    });

    it("settle a new cluster's control planes one after another, then all workers at once", async () => {
        assert.deepEqual(await stepsBefore("drain"), [
            ["control-plane-1-join", "dev-upgrade-gate"],
            ["control-plane-1-settle", "control-plane-2-join", "dev-upgrade-gate"],
            ["control-plane-2-settle", "control-plane-3-join", "dev-upgrade-gate"],
            ["control-plane-3-settle", "dev-upgrade-gate", "worker-1-join"],
            ["control-plane-3-settle", "dev-upgrade-gate", "worker-2-join"],
        ]);
    });

    it("settle a node after its drain", async () => {
        assert.deepEqual(
            await stepsBefore("settle"),
            nodes.map((node) => [`${node}-drain`]),
        );
    });

    it("look whether the cluster is fit for an upgrade when it, its load balancer and kubectl are there", async () => {
        const dependencies = await dependenciesOf("dev-upgrade-gate");

        assert.deepEqual(dependencies.filter(isStep), ["dev-init", "dev-kubectl", "dev-load-balancer-haproxy"]);
    });

    it("make each node of a new cluster a member after it is settled, and let nothing wait for that", async () => {
        const dependencies = await Promise.all(nodes.map((node) => dependenciesOf(`${node}-membership`)));
        const all = (await engine.resources()).flatMap(({ options }) => options.dependsOn.map(nameOf));

        assert.deepEqual(
            dependencies.map((names) => names.filter(isStep)),
            nodes.map((node) => [`${node}-settle`]),
        );
        assert.deepEqual(
            all.filter((name) => name.endsWith("-membership")),
            [],
        );
    });

    it("evict and revoke only while the cluster's data stay", async () => {
        const deletedWith = (await engine.resources())
            .filter(({ inputs }) => "delete" in inputs)
            .map(({ name, options }) => [name, nameOf(options.deletedWith)]);

        const onNodes = deletedWith.filter(([name = ""]) => !isMachine(name) && name !== "machines-network");
        assert.deepEqual(
            onNodes,
            nodes.map((node) => [`${node}-admit`, "dev-evictions"]),
        );
    });

    it("are made anew with their machine, and its token with them", async () => {
        const { inputs } = await engine.resource("worker-1-token");
        const triggers = await Promise.all(steps.map(async (step) => (await workerStep(step)).inputs.triggers));

        assert.deepEqual(inputs.keepers, { machine: "stdout of machines-worker-1" });
        assert.deepEqual(
            triggers,
            steps.map((step) => [
                "stdout of machines-worker-1",
                ...(step === "membership" ? ["worker-1-settle-id"] : []),
            ]),
        );
    });

    it("run on the node or on the admin machine, each with its own pinned host key", async () => {
        const hosts = await Promise.all(
            steps.map(async (step) => {
                const { host, hostKey } = await connectionOf(`worker-1-${step}`);
                return [step, host, hostKey];
            }),
        );

        assert.deepEqual(hosts, [
            ["admit", "172.30.0.5", "public openssh machines-load-balancer-host-key"],
            ["drain", "172.30.0.5", "public openssh machines-load-balancer-host-key"],
            ["join", "172.30.0.101", "public openssh machines-worker-1-host-key"],
            ["membership", "172.30.0.5", "public openssh machines-load-balancer-host-key"],
            ["prepare", "172.30.0.101", "public openssh machines-worker-1-host-key"],
            ["settle", "172.30.0.101", "public openssh machines-worker-1-host-key"],
        ]);
    });

    it("never connect without a pinned host key", async () => {
        const remote = (await engine.resources()).filter(({ type }) => type === "command:remote:Command");

        const pinned = await Promise.all(remote.map(async ({ name }) => (await connectionOf(name)).hostKey));

        assert.equal(pinned.length, 36);
        assert.deepEqual(
            pinned.filter((key) => !/^public openssh machines-\S+-host-key$/.test(String(key))),
            [],
        );
    });

    it("never make the cluster again, whatever becomes of the machine that was first", async () => {
        const init = await engine.resource("dev-init");

        assert.deepEqual(init.inputs.triggers, []);
        assert.deepEqual(init.options.ignoreChanges, ["connection", "create", "update", "stdin"]);
        assert.equal("delete" in init.inputs, false);
        assert.equal(init.inputs.update, "cat >/dev/null");
    });

    it("that are about changes only do nothing when they are made", async () => {
        const remote = (await engine.resources()).filter(({ type }) => type === "command:remote:Command");
        const idle = remote.filter(({ inputs }) => inputs.create === "cat >/dev/null").map(({ name }) => name);

        assert.deepEqual(idle, ["dev-upgrade-gate"]);
    });

    it("change a running node by prepare, drain, settle and membership alone; its admission finds it admitted", async () => {
        const updates = await Promise.all(steps.map(async (step) => [step, (await workerStep(step)).inputs.update]));

        assert.deepEqual(
            updates.filter(([, update]) => update !== "cat >/dev/null").map(([step]) => step),
            ["admit", "drain", "membership", "prepare", "settle"],
        );
    });

    it("give a worker none of the cluster's keys", async () => {
        const stdin = await Promise.all(steps.map(async (step) => String((await workerStep(step)).inputs.stdin)));

        assert.deepEqual(
            stdin.filter((text) => /private dev-pki-(?!admin)/.test(text)),
            [],
        );
    });

    async function workerStep(step: string): Promise<RegisteredResource> {
        return engine.resource(`worker-1-${step}`);
    }

    /** The steps that a step of each node waits for. */
    async function stepsBefore(step: string): Promise<string[][]> {
        const dependencies = await Promise.all(nodes.map((node) => dependenciesOf(`${node}-${step}`)));
        return dependencies.map((names) => names.filter(isStep));
    }

    async function dependenciesOf(name: string): Promise<string[]> {
        return (await engine.resource(name)).options.dependsOn.map(nameOf).sort();
    }

    async function connectionOf(name: string): Promise<Record<string, unknown>> {
        return (await engine.resource(name)).inputs.connection as Record<string, unknown>;
    }
});

describe("the steps of a Cluster that runs", () => {
    it("disturb one node at a time, each when the one before is a member again, workers after control planes", async () => {
        assert.deepEqual(await drainsAfter({}, nodes), [
            "",
            "control-plane-1-membership",
            "control-plane-2-membership",
            "control-plane-3-membership",
            "worker-1-membership",
        ]);
    });

    it("renew certificates where they were found to be due", async () => {
        const engine = await mockPulumi({ outputs: clusterOutputs });
        newCluster({}, { knownNodes: nodes, renewals: { "control-plane-2": "2026-11-21" } });

        const settles = (await engine.resources()).filter(({ name }) => name.endsWith("-settle"));

        assert.deepEqual(
            settles.map(({ inputs }) => /^RENEWAL=(.*)$/m.exec(String(inputs.stdin))?.[1]),
            ["''", "'2026-11-21'", "''", undefined, undefined],
        );
    });

    it("leave workers alone, whose kubelets renew their own, when certificates are to be renewed earlier", async () => {
        const engine = await mockPulumi({ outputs: clusterOutputs });
        newCluster({ renewCertificatesBefore: 300 });

        const settles = (await engine.resources()).filter(({ name }) => name.endsWith("-settle"));

        assert.deepEqual(
            settles.map(({ inputs }) => /^RENEW_BEFORE_DAYS=(.*)$/m.exec(String(inputs.stdin))?.[1]),
            ["'300'", "'300'", "'300'", undefined, undefined],
        );
    });

    it("of workers hold nothing of etcd or static pods, so that a change of those scripts does not touch them", async () => {
        const engine = await mockPulumi({ outputs: clusterOutputs });
        newCluster({});

        const steps = (await engine.resources()).filter(({ name }) => /-(admit|join|settle)$/.test(name));

        assert.deepEqual(
            steps
                .filter(({ inputs }) =>
                    /^(etcdctl|member_id|settle_control_plane|restart_static_pods)\(\)/m.test(String(inputs.stdin)),
                )
                .map(({ name }) => name.replace(/-\d+-/, " "))
                .sort(),
            ["admit", "join", "settle"].flatMap((step) => Array<string>(3).fill(`control-plane ${step}`)),
        );
    });

    it("let a new node wait for the settled control planes before it, and for no worker", async () => {
        const known = nodes.filter((node) => node !== "worker-2");

        assert.deepEqual(await drainsAfter({ workerNodes: 3 }, known), [
            "",
            "control-plane-1-membership",
            "control-plane-2-membership",
            "control-plane-3-membership",
            "control-plane-3-settle",
            "control-plane-3-settle",
        ]);
    });

    /** For each node, the step of another one that must be done before it may be disturbed. */
    async function drainsAfter(config: Record<string, unknown>, known: readonly string[]): Promise<string[]> {
        const engine = await mockPulumi({ outputs: clusterOutputs });
        newCluster(config, { knownNodes: known });
        const drains = (await engine.resources()).filter(({ name }) => name.endsWith("-drain"));
        return drains.map(({ name, options }) => {
            const own = name.replace(/drain$/, "");
            const others = options.dependsOn.map(nameOf).filter((each) => isStep(each) && !each.startsWith(own));
            return others.filter((each) => each !== "dev-upgrade-gate").join(" ");
        });
    }
});

describe("the steps of a Cluster that is restored", () => {
    const origin = "1: a.db, sha256 0123456789ab";
    const snapshot = { file: "/backups/a.db", checksum: "0123456789abcdef", problems: [] };

    it("make it when all machines are prepared and the snapshot is on the first", async () => {
        const engine = await restoredCluster({ snapshot });

        const { inputs, options } = await engine.resource("dev-init");
        assert.deepEqual(
            options.dependsOn
                .map(nameOf)
                .filter((name) => isStep(name) || name === "dev-snapshot")
                .sort(),
            [...controlPlanes.map((node) => `${node}-prepare`), "dev-snapshot", "worker-1-prepare", "worker-2-prepare"],
        );
        assert.deepEqual(inputs.triggers, [origin]);
        assert.match(String(inputs.stdin), /^SNAPSHOT_CHECKSUM='0123456789abcdef'$/m);
    });

    it("send the snapshot when the first machine is prepared, and keep its content out of the state", async () => {
        const engine = await restoredCluster({ snapshot });

        const sent = await engine.resource("dev-snapshot");
        const { inputs, options } = sent;
        assert.deepEqual(options.dependsOn.map(nameOf).filter(isStep), ["control-plane-1-prepare"]);
        assert.deepEqual(inputs.triggers, [origin, "stdout of machines-control-plane-1"]);
        assert.match(String(inputs.stdin), /^SNAPSHOT_FILE='\/backups\/a\.db'\nLOGIN='admin@172\.30\.0\.11'$/m);
        assert.match(
            String(inputs.stdin),
            /^KNOWN_HOSTS='172\.30\.0\.11 public openssh machines-control-plane-1-host-key'$/m,
        );
        assert.equal(sent.isSecret("stdin"), true);
    });

    it("write again what the snapshot may hold another way", async () => {
        const engine = await restoredCluster({ snapshot });

        const triggers = await Promise.all(
            ["dev-declare", "flannel-apply"].map(async (name) => (await engine.resource(name)).inputs.triggers),
        );

        assert.deepEqual(triggers, [[origin], [origin]]);
    });

    it("have evictions again when all machines are made, and later whatever machines do", async () => {
        const machinesBefore = async (last: Partial<ClusterArgs>): Promise<string[]> => {
            const { options } = await (await restoredCluster(last)).resource("dev-evictions");
            return options.dependsOn.map(nameOf).filter(isMachine).sort();
        };

        assert.deepEqual(
            await machinesBefore({ snapshot }),
            nodes.map((node) => `machines-${node}`),
        );
        assert.deepEqual(await machinesBefore({ knownNodes: nodes }), []);
    });

    it("send nothing again later", async () => {
        const engine = await restoredCluster({ knownNodes: nodes });

        const { options } = await engine.resource("dev-snapshot");
        assert.deepEqual(options.ignoreChanges, ["triggers", "create", "update", "delete", "stdin"]);
    });

    async function restoredCluster(last: Partial<ClusterArgs>): Promise<MockPulumi> {
        const engine = await mockPulumi({ outputs: clusterOutputs });
        newCluster({}, { origin, ...last });
        return engine;
    }
});

describe("the secrets of a Cluster", () => {
    const secret = new RegExp(`private |${tokenText.slice(0, 6)}\\.?${tokenText.slice(6)}`);
    let resources: readonly RegisteredResource[];

    before(async () => {
        resources = await (await defaultCluster()).engine.resources();
    });

    it("are in no component, for those show in previews", () => {
        const components = resources.filter(({ type }) => type.startsWith("kubeadm:"));

        assert.equal(components.length, 16);
        assert.deepEqual(
            components.filter(({ inputs }) => secret.test(text(inputs))).map(({ name }) => name),
            [],
        );
    });

    it("are secret wherever they are an input", () => {
        const inputs = resources.flatMap((resource) =>
            Object.entries(resource.inputs).map(([key, value]) => ({ resource, key, value })),
        );
        const holding = inputs.filter(({ value }) => secret.test(text(value)));

        assert.deepEqual(
            new Set(holding.map(({ key }) => key)),
            new Set(["caPrivateKeyPem", "connection", "privateKeyPem", "stdin"]),
        );
        assert.deepEqual(
            holding.filter(({ resource, key }) => !resource.isSecret(key)),
            [],
        );
    });
});

describe("the description of a node", () => {
    it("shows a control plane's documents, without a secret", async () => {
        const engine = await makeCluster({ apiServerExtraArgs: { profiling: "false" } });

        const { inputs } = await engine.resource("control-plane-1");
        assert.deepEqual(Object.keys(inputs).sort(), [
            "address",
            "clusterConfiguration",
            "kubeProxyConfiguration",
            "kubeletConfiguration",
            "labels",
            "nodeConfiguration",
            "patches",
            "role",
            "taints",
        ]);
        const { apiServer } = parse(String(inputs.clusterConfiguration)) as { apiServer: unknown };
        assert.deepEqual(apiServer, {
            certSANs: ["127.0.0.1"],
            extraArgs: [
                { name: "shutdown-delay-duration", value: "4s" },
                { name: "shutdown-send-retry-after", value: "true" },
                { name: "profiling", value: "false" },
            ],
        });
    });

    it("shows the settings of kube-proxy over those that the platform needs, which its steps get", async () => {
        const engine = await makeCluster({ kubeProxy: { conntrack: { min: 1 }, metricsBindAddress: "0.0.0.0:10249" } });

        const document = String((await engine.resource("control-plane-1")).inputs.kubeProxyConfiguration);
        assert.deepEqual(parse(document), {
            apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
            kind: "KubeProxyConfiguration",
            mode: "nftables",
            conntrack: { maxPerCore: 0, min: 1 },
            metricsBindAddress: "0.0.0.0:10249",
        });
        for (const step of ["dev-init", "control-plane-1-settle", "control-plane-3-settle"]) {
            assert.ok(text((await engine.resource(step)).inputs).includes(JSON.stringify(document).slice(1, -1)), step);
        }
    });

    it("shows the mirrors of registries, which its steps get", async () => {
        const registryMirrors = { "docker.io": ["https://mirror.example.com"] };
        const engine = await makeCluster({ registryMirrors });

        assert.deepEqual((await engine.resource("worker-1")).inputs.registryMirrors, registryMirrors);
        for (const step of ["worker-1-prepare", "worker-1-settle", "control-plane-1-settle"]) {
            assert.match(String((await engine.resource(step)).inputs.stdin), /^REGISTRIES=\('docker\.io'\)$/m, step);
        }
    });

    it("shows patches, of which a worker has those of its kubelet alone, and so do its steps", async () => {
        const kubelet = { "kubeletconfiguration0+merge.yaml": "maxPods: 50" };
        const patches = {
            ...kubelet,
            "corednsdeployment+merge.yaml": "spec: {replicas: 3}",
            "kube-apiserver+merge.yaml": "spec: {priority: 1}",
            "kubeproxydaemonset+merge.yaml": "spec: {minReadySeconds: 1}",
        };
        const engine = await makeCluster({ patches });

        assert.deepEqual((await engine.resource("control-plane-1")).inputs.patches, patches);
        assert.deepEqual((await engine.resource("worker-1")).inputs.patches, kubelet);
        for (const step of ["worker-1-join", "worker-1-settle"]) {
            assert.match(
                String((await engine.resource(step)).inputs.stdin),
                /^FILE_PATHS=\('pulumi-kubeadm\/patches\/kubeletconfiguration0\+merge\.yaml'\)$/m,
                step,
            );
        }
        const ofControlPlane = String((await engine.resource("control-plane-1-settle")).inputs.stdin);
        for (const file of Object.keys(patches)) {
            assert.ok(ofControlPlane.includes(`'pulumi-kubeadm/patches/${file}'`), file);
        }
    });

    it("shows a worker only what is about workers", async () => {
        const engine = await makeCluster({
            nodes: { "worker-2": { labels: { disk: "ssd" }, taints: ["a:NoExecute"] } },
        });

        const { inputs } = await engine.resource("worker-2");
        assert.equal("clusterConfiguration" in inputs, false);
        assert.deepEqual([inputs.labels, inputs.taints], [{ disk: "ssd" }, ["a:NoExecute"]]);
        assert.equal(inputs.kubernetesVersion, "1.37.1");
    });
});

describe("the outputs of a Cluster", () => {
    let cluster: Cluster;

    before(async () => {
        ({ cluster } = await defaultCluster());
    });

    it("have a kubeconfig for this computer, as a secret", async () => {
        const kubeconfig = parse(await valueOf(cluster.kubeconfig)) as {
            clusters: { cluster: Record<string, string> }[];
            users: { user: Record<string, string> }[];
        };

        assert.equal(await pulumi.isSecret(cluster.kubeconfig), true);
        assert.deepEqual(kubeconfig.clusters[0]?.cluster, {
            server: "https://127.0.0.1:16443",
            "certificate-authority-data": base64(caCertificate),
        });
        assert.deepEqual(kubeconfig.users[0]?.user, {
            "client-certificate-data": base64("certificate dev-pki-admin"),
            "client-key-data": base64("private dev-pki-admin-key"),
        });
    });

    it("have the endpoint of the nodes and the CA, in plain", async () => {
        assert.equal(await valueOf(cluster.controlPlaneEndpoint), "172.30.0.5:6443");
        assert.equal(await valueOf(cluster.caCertificate), caCertificate);
        assert.equal(await valueOf(cluster.caCertHash), caCertificateHash);
        assert.equal(await pulumi.isSecret(cluster.caCertHash), false);
    });

    it("have every node", async () => {
        assert.deepEqual((await valueOf(cluster.nodes)).at(-1), {
            name: "worker-2",
            role: "worker",
            address: "172.30.0.102",
            version: "1.37.1",
        });
        assert.deepEqual(
            (await valueOf(cluster.nodes)).map(({ name }) => name),
            nodes,
        );
    });

    it("have the day on which certificates of a control plane end, in plain", async () => {
        const ends: Record<string, string> = {
            "control-plane-1-settle": "control-plane-1: renewing its certificates\ncertificates end 2027-11-21\n",
            "control-plane-2-settle": "certificates end 2027-11-22\n",
            "control-plane-3-settle": "certificates end 2027-11-23\n",
        };
        await mockPulumi({
            outputs: (resource) => {
                const stdout = ends[resource.name];
                return { ...clusterOutputs(resource), ...(stdout === undefined ? {} : { stdout }) };
            },
        });

        const { certificatesEnd } = newCluster();

        assert.deepEqual(await valueOf(certificatesEnd), {
            "control-plane-1": "2027-11-21",
            "control-plane-2": "2027-11-22",
            "control-plane-3": "2027-11-23",
        });
        assert.equal(await pulumi.isSecret(certificatesEnd), false);
    });

    it("have the way to every machine, in plain", async () => {
        const commands = await valueOf(cluster.sshCommands);

        assert.deepEqual(Object.keys(commands), ["load-balancer", ...nodes]);
        assert.equal(
            commands["worker-1"],
            "ssh -i .state/stack/login-key -o UserKnownHostsFile=.state/stack/known_hosts admin@172.30.0.101",
        );
        assert.equal(await pulumi.isSecret(cluster.sshCommands), false);
    });
});

function newCluster(config: Record<string, unknown> = {}, last: Partial<ClusterArgs> = {}): Cluster {
    const parsed = configOf(config);
    const data = newData();
    return new Cluster("dev", {
        config: parsed,
        platform: createLocalPlatform(
            parsed,
            endpointForNodes(parsed),
            { hosts: {}, generations: {}, restore: neverRestored },
            data,
        ),
        data,
        ...firstUpdate,
        ...last,
    });
}

async function makeCluster(config: Record<string, unknown>): Promise<MockPulumi> {
    const engine = await mockPulumi({ outputs: clusterOutputs });
    newCluster(config);
    return engine;
}

let made: Promise<{ engine: MockPulumi; cluster: Cluster }> | undefined;

/** The cluster of 3 control planes and 2 workers that most tests look at; made once, for it takes a moment. */
function defaultCluster(): Promise<{ engine: MockPulumi; cluster: Cluster }> {
    made ??= mockPulumi({ outputs: clusterOutputs }).then(async (engine) => {
        const cluster = newCluster();
        await engine.resources();
        return { engine, cluster };
    });
    return made;
}

/** Children by the name of their parent, but for those of the Pki, which has tests of its own. */
async function treeOf(engine: MockPulumi): Promise<Record<string, string[]>> {
    const tree: Record<string, string[]> = {};
    for (const { type, name, parent } of await engine.resources()) {
        const kind = type.startsWith("command:") ? type.split(":")[1] : type.split(":").at(-1);
        (tree[nameOf(parent)] ??= []).push(`${kind ?? ""} ${name}`);
    }
    delete tree["dev-pki"];
    return Object.fromEntries(Object.entries(tree).map(([name, children]) => [name, children.sort()]));
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}

/** Whether a name is that of a script's run on a machine. */
function isStep(name: string): boolean {
    return /-(prepare|init|kubectl|haproxy|declare|apply|gate|admit|join|drain|settle|membership)$/.test(name);
}

/** Whether a name is that of a machine's container. */
function isMachine(name: string): boolean {
    return /^machines-(load-balancer|(control-plane|worker)-\d+)$/.test(name);
}

function text(value: unknown): string {
    return JSON.stringify(value);
}

function base64(value: string): string {
    return Buffer.from(value).toString("base64");
}
