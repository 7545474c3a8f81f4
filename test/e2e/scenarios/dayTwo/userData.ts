import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { joinTokenProgram } from "../../../../components/platforms/awsJoinToken";
import { localAddress } from "../../../../components/platforms/localAddresses";
import { userDataOf } from "../../../../components/userData";
import { contextOf } from "../../../support/joiningContext";
import { keyPair } from "../../../support/keyPair";
import { valueOf } from "../../../support/mockPulumi";
import { programScript } from "../../../support/programScripts";
import { isSettled } from "../../support/change";
import { newCluster } from "../../support/clusters";
import { run, waitFor } from "../../support/command";
import { containerMachine } from "../../support/existingMachines";
import { FakeAws } from "../../support/fakeAws";

const subnet = "172.31.247.0/24";
const parameter = "/pulumi-kubeadm/e2e-userdata/join-token";
const group = "e2e-userdata-self";
const settings = { controlPlaneNodes: 1, workerNodes: 0, localSubnet: subnet, localApiPort: 27447 };
const cluster = newCluster("e2e-userdata", { platform: "local", ...settings });

/** Machines that join by themselves; the second one is killed in the middle of it. */
const straight = { name: "self-1", id: "i-0aaaaaaaaaaaaaaa1", address: "172.31.247.201" };
const killed = { name: "self-2", id: "i-0aaaaaaaaaaaaaaa2", address: "172.31.247.202" };

describe("machines that join by their user data", () => {
    const aws = new FakeAws(parameter, group);
    let environment = "";

    before(async () => {
        await cluster.isStarted();
        const variables = await aws.listen("172.31.247.1");
        environment = Object.entries(variables)
            .map(([name, value]) => `${name}=${value}\n`)
            .join("");
        const address = localAddress(subnet, "control-plane-1");
        aws.add({ id: "i-0ccccccccccccccc1", address, allowed: "PutParameter" });
        await Promise.all([straight, killed].map((machine) => make(machine)));
    });

    after(async () => {
        await Promise.all([straight, killed].map((machine) => localMachine(machine, "delete")));
        await aws.stop();
    });

    it("wait for a token when no control plane has handed one over yet", async () => {
        await Promise.all([straight, killed].map((machine) => boot(machine)));

        await waitFor("a machine to ask for its token", 120, async () =>
            (await journal(straight)).includes("reading the pool's token") ? true : undefined,
        );
        assert.deepEqual(await cluster.readyNodes(), ["control-plane-1"]);
        assert.deepEqual(aws.values, []);
    });

    it("get one that a control plane mints and puts into the parameter", async () => {
        const program = joinTokenProgram("control-plane-1", parameter);
        const install = programScript("install-join-token").render({ NODE: "control-plane-1", JOIN_TOKEN: program });
        await cluster.onMachine("control-plane-1", `cat >/etc/environment <<'END'\n${environment}END\n`);
        await cluster.onMachine("control-plane-1", install);

        const token = await waitFor("a token in the parameter", 60, () => aws.values.at(-1));
        assert.match(token, /^[a-z0-9]{6}\.[a-z0-9]{16}$/);
        const path = "jsonpath={.data.expiration}";
        const secret = ["get", "secret", `bootstrap-token-${token.slice(0, 6)}`, "--output", path];
        const expiration = Buffer.from(await cluster.kubectl(["--namespace", "kube-system", ...secret]), "base64");
        const minutes = (Date.parse(expiration.toString()) - Date.now()) / 60_000;
        assert.ok(minutes > 58 && minutes <= 60, `${minutes} minutes`);
    });

    it("go on after a kill in the middle, and all become nodes that are Ready", async () => {
        await waitFor("kubeadm to join the machine", 120, async () =>
            (await onMachine(killed, "pidof kubeadm || true")) === "" ? undefined : true,
        );
        await run("docker", ["kill", cluster.container(killed.name)]);
        assert.ok(!(await cluster.readyNodes()).includes(killed.id));
        await run("docker", ["start", cluster.container(killed.name)]);

        const states = "systemctl is-active multi-user.target pulumi-kubeadm-self-join || true";
        await waitFor("its boot to end while it joins", 60, async () =>
            (await onMachine(killed, states)) === "active\nactive\n" ? true : undefined,
        );
        await waitFor("both to be Ready", 180, async () => {
            const ready = await cluster.readyNodes();
            return ready.includes(straight.id) && ready.includes(killed.id) ? true : undefined;
        });
        assert.match(await journal(straight), /i-0aaaaaaaaaaaaaaa1: has joined$/m);
        await waitFor("both to have told their group", 60, () =>
            Promise.resolve(aws.launched.length === 2 ? true : undefined),
        );
        assert.deepEqual([...aws.launched].sort(), [straight.id, killed.id]);
        assert.deepEqual(aws.refusals, []);
    });

    it("are what the pool and the instance say", async () => {
        const node = JSON.parse(await cluster.kubectl(["get", "node", straight.id, "--output", "json"])) as {
            metadata: { labels: Record<string, string> };
            spec: { providerID: string; taints: unknown };
        };

        assert.equal(node.spec.providerID, `aws:///eu-central-1b/${straight.id}`);
        assert.deepEqual(node.spec.taints, [{ key: "example.com/pool", value: "self", effect: "NoSchedule" }]);
        const { labels } = node.metadata;
        assert.equal(labels["example.com/pool"], "self");
        assert.equal(labels["topology.kubernetes.io/zone"], "eu-central-1b");
        assert.equal(labels["node.kubernetes.io/lifecycle"], "spot");
        const kubelet = parse(await onMachine(straight, "cat /var/lib/kubelet/config.yaml")) as Record<string, unknown>;
        assert.equal(kubelet["shutdownGracePeriod"], "90s");
        assert.equal(kubelet["maxPods"], 30);
    });

    it("keep no token, and none is in their user data", async () => {
        const secrets = aws.values.map((token) => token.slice(7));
        assert.ok(secrets.length > 0);
        const patterns = secrets.join("\n");
        const folders = "/etc /usr/local/lib/pulumi-kubeadm /var/lib/cloud /var/lib/kubelet /var/log /root";
        const found = await onMachine(
            straight,
            `grep --recursive --files-with-matches --fixed-strings '${patterns}' ${folders} 2>/dev/null || true`,
        );
        assert.equal(found, "");
    });

    it("leave the stack as it is: an update has nothing to do", async () => {
        await isSettled(cluster);
    });

    /** A machine as the platform makes it, without a node on it. */
    async function make(machine: typeof straight): Promise<void> {
        aws.add({ id: machine.id, address: machine.address, allowed: "GetParameter" });
        await localMachine(machine, "create");
        await onMachine(machine, `cat >/etc/environment <<'END'\n${environment}END\n`);
    }

    /** What cloud-init does with user data at the first boot. */
    async function boot(machine: typeof straight): Promise<void> {
        const script = "/var/lib/cloud/instance/scripts/part-001";
        const data = await userData();
        await onMachine(
            machine,
            `install -D --mode 0700 /dev/null ${script}\nbase64 --decode <<<'${data}' | gunzip >${script}\n${script}`,
        );
    }
});

function userData(): Promise<string> {
    const pool = {
        name: "self",
        labels: { "example.com/pool": "self" },
        taints: ["example.com/pool=self:NoSchedule"],
        kubelet: { maxPods: 30 },
        containerd: "",
        parameter,
        group,
        hook: "joined",
    };
    return valueOf(
        userDataOf(
            pool,
            contextOf({
                settings: { platform: "local", ...settings },
                endpoint: `${localAddress(subnet, "load-balancer")}:6443`,
                caCertificate: caCertificate(),
                mirror: "file:///opt/mirror",
            }),
        ),
    );
}

function caCertificate(): string {
    // kubectl's own format.
    const { clusters } = parse(readFileSync(join(cluster.folder, "kubeconfig"), "utf8")) as {
        clusters: [{ cluster: { "certificate-authority-data": string } }];
    };
    return Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64").toString();
}

function localMachine({ name, address }: typeof straight, action: "create" | "delete"): Promise<void> {
    const { private: hostKey, public: authorizedKey } = keyPair();
    return containerMachine(action, {
        name,
        cluster: cluster.container("").slice(0, -1),
        address,
        hostKey,
        authorizedKey,
    });
}

function onMachine(machine: typeof straight, script: string): Promise<string> {
    return cluster.onMachine(machine.name, script);
}

function journal(machine: typeof straight): Promise<string> {
    return onMachine(machine, "journalctl --unit pulumi-kubeadm-self-join --output cat --no-pager");
}
