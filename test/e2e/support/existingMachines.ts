import { keyPair } from "../../support/keyPair";
import { programScript } from "../../support/programScripts";
import { run } from "./command";

/** A machine as the key `hosts` names it. */
export interface ExistingMachine {
    readonly address: string;
    readonly port?: number;
    readonly user: string;
    readonly hostKey: string;
}

// Until systemd is there, it cannot be asked to wait.
const untilItRuns = "until systemctl is-active --quiet ssh 2>/dev/null; do sleep 0.2; done";

/** Machines that no stack has made: containers of this computer, "m1" and so on, that one key opens. */
export class ExistingMachines {
    /** The private key. */
    readonly key: string;
    private readonly publicKey: string;
    private readonly made: string[] = [];

    /** `network` is a prefix of three numbers: 172.31.250 */
    constructor(
        private readonly cluster: string,
        private readonly network: string,
    ) {
        const { private: key, public: publicKey } = keyPair();
        this.key = key;
        this.publicKey = publicKey;
    }

    async start(): Promise<void> {
        await this.networkScript("create");
    }

    /** Makes the machine of a number, with sshd on a port of its own if one is given. */
    async make(number: number, port?: number): Promise<ExistingMachine> {
        const hostKey = keyPair();
        const address = `${this.network}.${number}`;
        this.made.push(`m${number}`);
        await this.machineScript("create", `m${number}`, address, hostKey.private);
        await run("docker", ["exec", this.container(number), "timeout", "120", "bash", "-c", untilItRuns]);
        if (port !== undefined) {
            await this.on(number, `echo Port ${port} >/etc/ssh/sshd_config.d/port.conf && systemctl restart ssh`);
        }
        return { address, ...(port === undefined ? {} : { port }), user: "admin", hostKey: hostKey.public };
    }

    /** Runs a script on a machine, not over SSH. */
    on(number: number, script: string): Promise<string> {
        const command = ["exec", "--interactive", this.container(number), "bash", "-o", "errexit", "-s"];
        return run("docker", command, { input: script });
    }

    async kill(number: number): Promise<void> {
        await run("docker", ["kill", this.container(number)]);
    }

    async stop(): Promise<void> {
        for (const name of this.made) {
            await this.machineScript("delete", name, `${this.network}.1`, "none");
        }
        await this.networkScript("delete");
    }

    private container(number: number): string {
        return `${this.cluster}-m${number}`;
    }

    private async networkScript(action: "create" | "delete"): Promise<void> {
        const script = programScript("local-network").render({
            NODE: this.cluster,
            CLUSTER: this.cluster,
            NETWORK: this.cluster,
            SUBNET: `${this.network}.0/24`,
        });
        await run("bash", ["-s", "--", action], { input: script });
    }

    private machineScript(action: "create" | "delete", name: string, address: string, hostKey: string): Promise<void> {
        const keys = { hostKey, authorizedKey: this.publicKey };
        return containerMachine(action, { name, cluster: this.cluster, address, ...keys });
    }
}

/** A container that no stack has made, as platform local makes its own. */
export interface ContainerMachine {
    readonly name: string;
    /** Name of its network, and the beginning of the container's. */
    readonly cluster: string;
    readonly address: string;
    /** Its private host key. */
    readonly hostKey: string;
    /** The public key that opens it. */
    readonly authorizedKey: string;
}

/** Makes a machine, or takes it away. */
export async function containerMachine(
    action: "create" | "delete",
    { name, cluster, address, hostKey, authorizedKey }: ContainerMachine,
): Promise<void> {
    const script = programScript("local-machine").render({
        NODE: name,
        CLUSTER: cluster,
        NETWORK: cluster,
        ADDRESS: address,
        IMAGE: "pulumi-kubeadm/machine:bookworm",
        PUBLISH: "",
        CPUS: "",
        MEMORY_MEBIBYTES: "",
        HOST_KEY: hostKey.trimEnd(),
        AUTHORIZED_KEY: authorizedKey,
    });
    await run("bash", ["-s", "--", action], { input: script });
}
