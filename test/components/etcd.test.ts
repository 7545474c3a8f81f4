import assert from "node:assert/strict";
import { parse } from "yaml";
import { Cluster } from "../../components/cluster";
import { endpointForNodes } from "../../components/platforms/createPlatform";
import { createLocalPlatform } from "../../components/platforms/local";
import type { Beginning } from "../../components/restore";
import { neverRestored } from "../../changes/restores";
import { clusterOutputs } from "../support/clusterOutputs";
import { configOf } from "../support/configOf";
import { firstUpdate, newData } from "../support/firstUpdate";
import { type MockPulumi, mockPulumi, type RegisteredResource } from "../support/mockPulumi";

const members = ["etcd-1", "etcd-2", "etcd-3"];
const steps = ["prepare", "admit", "join", "settle"];
const step = /-(prepare|admit|join|settle|init|gate|kubectl|etcdctl|haproxy|drain|membership)$/;

describe("external etcd", () => {
    let engine: MockPulumi;

    before(async () => {
        engine = await clusterOf([]);
    });

    it("has these steps for each member, and two certificates", async () => {
        const children = (await engine.resources())
            .filter(({ parent }) => parent.endsWith("::etcd-2"))
            .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);

        assert.deepEqual(children, [
            "Command etcd-2-admit",
            "Command etcd-2-join",
            "LocallySignedCert etcd-2-peer",
            "PrivateKey etcd-2-peer-key",
            "CertRequest etcd-2-peer-request",
            "Command etcd-2-prepare",
            "LocallySignedCert etcd-2-server",
            "PrivateKey etcd-2-server-key",
            "CertRequest etcd-2-server-request",
            "Command etcd-2-settle",
        ]);
    });

    it("is made on the first machine, and waits for no other", async () => {
        assert.deepEqual(await stepsBefore("dev-etcd-init"), ["etcd-1-prepare"]);
        assert.equal(await hostOf("dev-etcd-init"), "172.30.0.31");
    });

    it("admits its members at once when it is there, and joins each when it is prepared", async () => {
        for (const member of members) {
            assert.deepEqual(await stepsBefore(`${member}-admit`), ["dev-etcd-etcdctl", "dev-etcd-init"]);
            assert.deepEqual(await stepsBefore(`${member}-join`), [`${member}-admit`, `${member}-prepare`]);
            assert.deepEqual(await stepsBefore(`${member}-settle`), [`${member}-join`]);
        }
    });

    it("is healthy as a whole before the cluster is made on it", async () => {
        assert.deepEqual(
            (await stepsBefore("dev-init")).filter((name) => name.startsWith("etcd-")),
            members.map((member) => `${member}-settle`),
        );
    });

    it("evicts a member only while the data stay", async () => {
        const evicting = (await engine.resources()).filter(
            ({ name, inputs }) => name.startsWith("etcd-") && "delete" in inputs,
        );

        assert.deepEqual(
            evicting.map(({ name, options }) => [name, nameOf(options.deletedWith)]),
            members.map((member) => [`${member}-admit`, "dev-evictions"]),
        );
        assert.equal(await hostOf("etcd-1-admit"), "172.30.0.5");
    });

    it("makes all steps of a member anew with its machine", async () => {
        const triggers = await Promise.all(
            steps.map(async (each) => (await engine.resource(`etcd-1-${each}`)).inputs.triggers),
        );

        assert.deepEqual(triggers, Array<unknown>(4).fill(["stdout of machines-etcd-1"]));
    });

    it("signs certificates for both directions, with the machine's address", async () => {
        const { inputs: request } = await engine.resource("etcd-1-peer-request");
        const { inputs: certificate } = await engine.resource("etcd-1-peer");

        assert.deepEqual(request.ipAddresses, ["172.30.0.31", "127.0.0.1"]);
        assert.deepEqual(request.dnsNames, ["etcd-1", "localhost"]);
        assert.deepEqual(certificate.allowedUses, ["digital_signature", "server_auth", "client_auth"]);
        assert.equal(certificate.earlyRenewalHours, 90 * 24);
    });

    it("keeps every key a secret, and the key of its CA from all machines", async () => {
        const remote = (await engine.resources()).filter(({ type }) => type === "command:remote:Command");
        const holding = remote.filter(({ inputs }) => /private (dev-pki-etcd|etcd-)/.test(String(inputs.stdin)));

        assert.deepEqual(
            holding.filter((each) => !each.isSecret("stdin")),
            [],
        );
        assert.deepEqual(
            remote.filter(({ inputs }) => String(inputs.stdin).includes("private dev-pki-etcd-key")),
            [],
        );
    });

    it("shows each member's release and flags in a preview, and nothing secret", async () => {
        const { inputs } = await engine.resource("etcd-1");

        assert.deepEqual(Object.keys(inputs).sort(), ["address", "etcdVersion", "flags", "role"]);
        assert.equal(inputs.etcdVersion, "3.7.3");
        assert.doesNotMatch(JSON.stringify(inputs), /private/);
    });

    it("is what API servers are told, which leave snapshots to its machines", async () => {
        const { inputs } = await engine.resource("control-plane-1");
        const { etcd } = parse(String(inputs.clusterConfiguration)) as { etcd: { external: { endpoints: string[] } } };

        assert.deepEqual(etcd.external.endpoints, [
            "https://172.30.0.31:2379",
            "https://172.30.0.32:2379",
            "https://172.30.0.33:2379",
        ]);
        assert.match(await stdinOf("control-plane-1-settle"), /^SNAPSHOT_SCRIPT=''$/m);
        assert.match(await stdinOf("etcd-1-settle"), /^SNAPSHOT_SCRIPT='#!/m);
        assert.match(await stdinOf("control-plane-1-admit"), /^HAS_ETCD='false'$/m);
    });

    it("asks etcd itself before an upgrade", async () => {
        assert.match(await stdinOf("dev-upgrade-gate"), /^ETCD_ENDPOINTS=\('https:\/\/172\.30\.0\.31:2379' /m);
    });

    async function stdinOf(name: string): Promise<string> {
        return String((await engine.resource(name)).inputs.stdin);
    }

    async function stepsBefore(name: string): Promise<string[]> {
        return dependencies(await engine.resource(name));
    }

    async function hostOf(name: string): Promise<unknown> {
        return ((await engine.resource(name)).inputs.connection as { host: unknown }).host;
    }
});

describe("external etcd that runs", () => {
    let engine: MockPulumi;

    before(async () => {
        engine = await clusterOf(["control-plane-1"]);
    });

    it("waits for no machine to be known as made", async () => {
        const { inputs, options } = await engine.resource("dev-etcd-init");

        assert.deepEqual(
            options.dependsOn.filter((urn) => urn.includes("etcd-")),
            [],
        );
        assert.deepEqual(options.ignoreChanges, ["connection", "create", "update", "stdin"]);
        assert.equal(inputs.update, "cat >/dev/null");
    });

    it("is changed one member after another when it and the cluster were found fit, before any node", async () => {
        assert.deepEqual(await othersBefore("etcd-1-settle"), ["dev-upgrade-gate"]);
        assert.deepEqual(await othersBefore("etcd-2-settle"), ["dev-upgrade-gate", "etcd-1-settle"]);
        assert.deepEqual(await othersBefore("etcd-3-settle"), ["dev-upgrade-gate", "etcd-2-settle"]);
        assert.deepEqual(
            (await othersBefore("control-plane-1-drain")).filter((name) => name.startsWith("etcd-")),
            members.map((member) => `${member}-settle`),
        );
    });

    it("lets a member that joins wait for no other member", async () => {
        for (const member of members) {
            assert.deepEqual(await othersBefore(`${member}-join`), []);
            assert.deepEqual(await othersBefore(`${member}-admit`), ["dev-etcd-etcdctl", "dev-etcd-init"]);
        }
    });

    /** What a step waits for beside the steps of its own machine. */
    async function othersBefore(name: string): Promise<string[]> {
        const own = name.replace(/[a-z]+$/, "");
        return dependencies(await engine.resource(name)).filter((each) => !each.startsWith(own));
    }
});

describe("external etcd that is restored", () => {
    const origin = "1: a.db, sha256 0123456789ab";
    const snapshot = { file: "/backups/a.db", checksum: "0123456789abcdef", problems: [] };
    let engine: MockPulumi;

    before(async () => {
        engine = await clusterOf([], { origin, snapshot });
    });

    it("is made anew on its first machine when the snapshot is there", async () => {
        const { inputs, options } = await engine.resource("dev-etcd-init");
        const sent = await engine.resource("dev-snapshot");

        assert.ok(options.dependsOn.map(nameOf).includes("dev-snapshot"));
        assert.deepEqual(inputs.triggers, [origin]);
        assert.match(String(inputs.stdin), /^SNAPSHOT_CHECKSUM='0123456789abcdef'$/m);
        assert.deepEqual(dependencies(sent), ["etcd-1-prepare"]);
        assert.match(String(sent.inputs.stdin), /^LOGIN='admin@172\.30\.0\.31'$/m);
    });

    it("is what the cluster is made on, which leaves the data to it", async () => {
        const { inputs } = await engine.resource("dev-init");

        assert.deepEqual(inputs.triggers, [origin]);
        assert.match(String(inputs.stdin), /^HAS_ETCD='false'\nSNAPSHOT_CHECKSUM='0123456789abcdef'$/m);
    });
});

async function clusterOf(knownNodes: readonly string[], beginning: Partial<Beginning> = {}): Promise<MockPulumi> {
    const engine = await mockPulumi({ outputs: clusterOutputs });
    const config = configOf({ etcd: "external", controlPlaneNodes: 1, workerNodes: 0 });
    const data = newData();
    const platform = createLocalPlatform(
        config,
        endpointForNodes(config),
        { hosts: {}, generations: {}, restore: neverRestored },
        data,
    );
    new Cluster("dev", {
        config,
        platform,
        data,
        ...firstUpdate,
        knownNodes,
        ...beginning,
    });
    await engine.resources();
    return engine;
}

function dependencies({ options }: RegisteredResource): string[] {
    return options.dependsOn
        .map(nameOf)
        .filter((name) => step.test(name))
        .sort();
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}
