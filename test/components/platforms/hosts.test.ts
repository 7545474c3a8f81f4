import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { createPlatform } from "../../../components/platforms/createPlatform";
import type { Platform } from "../../../components/platforms/platform";
import { neverRestored } from "../../../changes/restores";
import { bastionKeyOf } from "../../support/awsOutputs";
import { clusterOutputs } from "../../support/clusterOutputs";
import { configOf } from "../../support/configOf";
import { newData } from "../../support/firstUpdate";
import { hostKeys, hostsOf } from "../../support/hosts";
import { type MockPulumi, mockPulumi, type RegisteredResource, valueOf } from "../../support/mockPulumi";

const hostsKey = bastionKeyOf("none");
const names = ["load-balancer", "control-plane-1", "worker-1"];

describe("a machine that is there", () => {
    it("is reached as it is described, with its host key and the key of them all", async () => {
        const hosts = hostsOf(names);
        const { platform } = await machines({
            hosts: {
                ...hosts,
                "worker-1": { ...hosts["worker-1"], host: "worker.example.com", port: 2222, user: "ops" },
            },
        });

        const worker = platform.machines[1] ?? assert.fail();
        assert.deepEqual(await valueOf(pulumi.output(worker.connection)), {
            host: "worker.example.com",
            port: 2222,
            user: "ops",
            hostKey: hostKeys[2],
            privateKey: hostsKey,
        });
        assert.equal(await valueOf(worker.address), "10.0.0.3");
        assert.equal(
            await valueOf(platform.knownHosts),
            [`10.0.0.1 ${hostKeys[0]}`, `10.0.0.2 ${hostKeys[1]}`, `[worker.example.com]:2222 ${hostKeys[2]}`, ""].join(
                "\n",
            ),
        );
    });

    it("is reached over the load balancer, whose host key is pinned too, where that is the bastion", async () => {
        const { platform, engine } = await machines({ hostsBastion: "load-balancer" });

        const way = { host: "10.0.0.1", user: "root", hostKey: hostKeys[0], privateKey: hostsKey };
        const { connection } = platform.machines[1] ?? assert.fail();
        assert.deepEqual(await valueOf(pulumi.output(connection)), {
            host: "10.0.0.3",
            user: "root",
            hostKey: hostKeys[2],
            privateKey: hostsKey,
            proxy: way,
        });
        assert.deepEqual(await valueOf(pulumi.output(platform.admin.connection)), way);
        const { stdin } = (await claimOf(engine, "worker-1")).inputs;
        assert.match(String(stdin), /^OVER='root@10\.0\.0\.1'$/m);
    });

    it("is another one with another address, host key, generation or origin, and with nothing else", async () => {
        const { engine } = await machines({}, { generations: { "worker-1": 2 }, origin: "1: a.db" });

        const { inputs, options } = await claimOf(engine, "worker-1");
        assert.deepEqual(inputs.triggers, [
            "address 10.0.0.3",
            `hostKey ${hostKeys[2]}`,
            "generation 2",
            "restore 1: a.db",
        ]);
        // A user who logs in otherwise is what clears it later.
        assert.deepEqual(options.ignoreChanges, []);
        const { inputs: others } = await claimOf(engine, "control-plane-1");
        assert.deepEqual(others.triggers, ["address 10.0.0.2", `hostKey ${hostKeys[1]}`, "restore 1: a.db"]);
    });

    it("is identified by what tells it from others", async () => {
        const { platform } = await machines({});

        const identities = await Promise.all(platform.machines.map(({ identity }) => valueOf(identity)));
        assert.deepEqual(identities, [`10.0.0.2 ${hostKeys[1]}`, `10.0.0.3 ${hostKeys[2]}`]);
    });

    it("is cleared when it goes, with nothing secret outside of what is secret", async () => {
        const { engine } = await machines({});

        const resource = await claimOf(engine, "worker-1");
        const { delete: clear, stdin } = resource.inputs;
        assert.equal(clear, "base64 --decode | gunzip | bash -s -- delete");
        assert.match(String(stdin), /^LOGIN='root@10\.0\.0\.3'$/m);
        assert.match(
            String(stdin),
            new RegExp(`^KNOWN_HOSTS='10\\.0\\.0\\.3 ${hostKeys[2]?.replaceAll("+", "\\+")}'$`, "m"),
        );
        assert.ok(resource.isSecret("stdin"));
        const open = (await engine.resources()).map(({ inputs }) => ({ ...inputs, stdin: "", connection: "" }));
        assert.doesNotMatch(JSON.stringify(open), /PRIVATE KEY/);
    });

    it("is claimed and cleared over a port of its own", async () => {
        const hosts = hostsOf(names);
        const { engine } = await machines({ hosts: { ...hosts, "worker-1": { ...hosts["worker-1"], port: 2222 } } });

        const { stdin } = (await claimOf(engine, "worker-1")).inputs;
        assert.match(String(stdin), /^LOGIN='ssh:\/\/root@10\.0\.0\.3:2222'$/m);
        assert.match(String(stdin), /^KNOWN_HOSTS='\[10\.0\.0\.3\]:2222 ssh-ed25519 /m);
    });

    it("is claimed after the cluster's data", async () => {
        const { engine } = await machines({});

        const claims = (await engine.resources()).filter(({ type }) => type === "command:local:Command");
        assert.ok(claims.every(({ options }) => options.dependsOn.some((urn) => urn.endsWith("::stack-data"))));
    });
});

describe("the way to the API servers of machines that are there", () => {
    const endpoints: { title: string; given: Record<string, unknown>; expected: string[]; balances: boolean }[] = [
        {
            title: "is the load balancer",
            given: {},
            expected: ["10.0.0.1:6443", "10.0.0.1:6443"],
            balances: true,
        },
        {
            title: "is the load balancer as this computer reaches it",
            given: {
                hosts: {
                    ...hostsOf(names),
                    "load-balancer": { ...hostsOf(names)["load-balancer"], host: "lb.example.com" },
                },
            },
            expected: ["10.0.0.1:6443", "lb.example.com:6443"],
            balances: true,
        },
        {
            title: "has a name of the user's",
            given: { controlPlaneEndpoint: "api.example.com" },
            expected: ["api.example.com:6443", "api.example.com:6443"],
            balances: true,
        },
        {
            title: "is a load balancer of the user's",
            given: {
                hosts: hostsOf(["admin", ...names.slice(1)]),
                controlPlaneEndpoint: "api.example.com:443",
            },
            expected: ["api.example.com:443", "api.example.com:443"],
            balances: false,
        },
    ];
    for (const { title, given, expected, balances } of endpoints) {
        it(title, async () => {
            const { platform } = await machines(given);

            const { forNodes, forOperator } = await valueOf(platform.endpoint);
            assert.deepEqual([forNodes, forOperator], expected);
            assert.equal(platform.loadBalancer !== undefined, balances);
            assert.equal(platform.admin.name, balances ? "load-balancer" : "admin");
        });
    }
});

async function claimOf(engine: MockPulumi, machine: string): Promise<RegisteredResource> {
    const found = (await engine.resources()).filter(({ type }) => type === "command:local:Command");
    return found.find(({ name }) => name === `machines-${machine}`) ?? assert.fail(`${machine} is not claimed`);
}

async function machines(
    given: Record<string, unknown>,
    { generations = {}, origin = "" }: { generations?: Record<string, number>; origin?: string } = {},
): Promise<{ engine: MockPulumi; platform: Platform }> {
    const engine = await mockPulumi({ outputs: clusterOutputs });
    const small = { platform: "hosts", controlPlaneNodes: 1, workerNodes: 1, hostsKey, hosts: hostsOf(names) };
    const records = { hosts: {}, generations, restore: { ...neverRestored, origin } };
    const platform = await createPlatform(configOf({ ...small, ...given }), records, newData());
    await engine.resources();
    return { engine, platform };
}
