import assert from "node:assert/strict";
import { run, waitFor } from "../support/command";
import { replacing } from "../support/events";
import { Impostor, type Token } from "../support/impostor";
import { cluster, nodes } from "../support/shared";

const endpoint = "172.31.240.5";
const computer = "172.31.240.1";
const hostKey = "/etc/ssh/ssh_host_ed25519_key";

/** The one step besides those of the machine: the cluster is told how many nodes a pool is meant to have. */
const recordedSize = replacing("e2e-declare");

describe("what is not what it should be", () => {
    let impostor: Impostor;
    let output: string;
    let worked: string[];
    let loginsBefore: string;

    before(async () => {
        await cluster.isStarted();
        impostor = await Impostor.start({
            listensOn: computer,
            endpoint,
            identity: await identity(),
            token: tokenOfNewcomer,
        });
        await takeAnotherHostKey();
        loginsBefore = await logins();
        cluster.configure({ workerNodes: 3 });

        const change = cluster.start("--replace", "**::worker-1-settle");
        await Promise.race([divert("worker-3", impostor.port), change.finished]);
        output = await change.fails();
        worked = change.events.work();
    });

    after(async () => {
        impostor.stop();
        await putHostKeyBack();
    });

    it("a machine with another host key is refused, and nothing is run on it", async () => {
        assert.match(output, /worker-1-settle[^]*host key mismatch/);
        assert.equal(await logins(), loginsBefore);
    });

    it("a load balancer with another CA is refused by the joining node, with the cause in its words", () => {
        assert.match(output, /FAILED {2}worker-3, while: kubeadm join/);
        assert.match(output, /cause: +the endpoint shows a certificate of another CA/);
    });

    it("no other machine was touched", () => {
        const others = worked.filter((step) => !/worker-3| worker-1-(settle|membership)$/.test(step));
        assert.deepEqual(others.sort(), recordedSize.sort());
    });

    it("goes on to the end once all is as it should be", async () => {
        await putHostKeyBack();
        await cluster.onMachine("worker-3", "iptables --table nat --flush OUTPUT");

        await cluster.start().succeeds();

        assert.deepEqual(await cluster.readyNodes(), [...nodes, "worker-3"]);
    });

    it("takes the new worker out again without touching another machine", async () => {
        cluster.configure({ workerNodes: 2 });
        const change = cluster.start();
        await change.succeeds();

        assert.deepEqual(await cluster.readyNodes(), nodes);
        const others = change.events.work().filter((step) => !step.includes("worker-3"));
        assert.deepEqual(others.sort(), recordedSize.sort());
    });
});

async function takeAnotherHostKey(): Promise<void> {
    const generate = `ssh-keygen -q -t ed25519 -N '' -f ${hostKey}`;
    await cluster.onMachine("worker-1", `mv ${hostKey} ${hostKey}.own; ${generate}; systemctl restart ssh`);
}

async function putHostKeyBack(): Promise<void> {
    const script = `[[ ! -e ${hostKey}.own ]] || mv ${hostKey}.own ${hostKey}; rm -f ${hostKey}.pub; systemctl restart ssh`;
    await cluster.onMachine("worker-1", script);
}

/** A self-signed certificate for the endpoint, of a CA that is not the cluster's. */
async function identity(): Promise<{ cert: string; key: string }> {
    const flags = `-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=kubernetes -addext subjectAltName=IP:${endpoint}`;
    const text = await cluster.onMachine(
        "load-balancer",
        `openssl req ${flags} -keyout /dev/stdout -out /dev/stdout 2>/dev/null`,
    );
    const [key, cert] = text.split(/(?=-----BEGIN CERTIFICATE)/);
    return { cert: cert ?? "", key: key ?? "" };
}

async function tokenOfNewcomer(): Promise<Token> {
    const selector = ["--namespace", "kube-system", "--field-selector", "type=bootstrap.kubernetes.io/token"];
    const template = "jsonpath={.items[0].data.token-id} {.items[0].data.token-secret}";
    const [id, secret] = (await cluster.kubectl(["get", "secrets", ...selector, "--output", template]))
        .split(" ")
        .map((text) => Buffer.from(text, "base64").toString());
    return { id: id ?? "", secret: secret ?? "" };
}

/** Leads a machine to the impostor as soon as there is such a machine. */
async function divert(machine: string, port: number): Promise<void> {
    const rule = `--destination ${endpoint} --protocol tcp --dport 6443 --jump DNAT --to-destination ${computer}:${port}`;
    await waitFor(`the machine ${machine}`, 120, async () => {
        await run("docker", [
            "exec",
            cluster.container(machine),
            "iptables",
            "--table",
            "nat",
            "--append",
            "OUTPUT",
            ...rule.split(" "),
        ]);
        return true;
    });
}

function logins(): Promise<string> {
    return cluster.onMachine("worker-1", "journalctl --unit ssh --output cat --no-pager | grep --count ^Accepted");
}
