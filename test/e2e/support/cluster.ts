import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ApiClient } from "./apiClient";
import { cacheFolder } from "./cacheFolder";
import { Command, type Finished, run } from "./command";
import { EventLog, nameOf, operationsOf } from "./events";

/** The checkout that is tested. */
export const project = join(__dirname, "..", "..", "..");

/**
 * Flags for the most that the engine can write without secrets: from 3 on it writes the answers of all providers as
 * they are, and so does its SDK with --debug.
 */
export const verbose = ["-v=2", "--logtostderr", "--logflow"];

/** Configuration of a stack, by key without the project's name. */
export type Settings = Readonly<Record<string, unknown>>;

/** A run of the engine. */
export interface EngineRun {
    readonly events: EventLog;
    readonly finished: Promise<Finished>;
    /** Its output once it ended well; else an error with the last lines. */
    succeeds(): Promise<string>;
    /** Its output once it failed; an error if it did not. */
    fails(): Promise<string>;
}

// Files that the engine is given, and what a killed one leaves.
const temporary = mkdtempSync(join(tmpdir(), "pulumi-kubeadm-e2e-"));

/** Removes what the tests wrote outside the checkout. */
export function removeTemporaryFiles(): void {
    rmSync(temporary, { recursive: true, force: true });
}

/** A cluster on local machines in a stack of its own, handled with the scripts that a user has. */
export class LocalCluster {
    /** The stack's own folder: state, kubeconfig, login key. */
    readonly folder: string;
    /** All that the engine has written to its output. */
    readonly outputs: string[] = [];
    private readonly configFile: string;
    private started: Promise<unknown> | undefined;
    private runs = 0;

    constructor(
        readonly stack: string,
        private settings: Settings,
    ) {
        this.folder = join(project, ".state", stack);
        this.configFile = join(project, `Pulumi.${stack}.yaml`);
        this.configure({});
    }

    /** Changes the stack's configuration; undefined takes a key out. */
    configure(changes: Settings): void {
        this.settings = { ...this.settings, ...changes };
        const entries = Object.entries(this.settings).filter(([, value]) => value !== undefined);
        const config = Object.fromEntries(entries.map(([key, value]) => [`pulumi-kubeadm:${key}`, value]));
        writeFileSync(this.configFile, stringify({ config }));
    }

    /** `npm start`. */
    start(...flags: string[]): EngineRun {
        return this.engine("start.sh", flags);
    }

    /** `npm run pulumi -- up` or preview. */
    pulumi(command: "up" | "preview", ...flags: string[]): EngineRun {
        return this.engine("pulumi.sh", [command, ...(command === "up" ? ["--yes", "--skip-preview"] : []), ...flags]);
    }

    /** "op name" of the steps that an update would make, as `pulumi preview --json` says. */
    async predictedSteps(): Promise<string[]> {
        const text = await this.script("pulumi.sh", "preview", "--json").succeeds();
        // apitype.PreviewDigest of Pulumi, as far as it matters here.
        const { steps } = JSON.parse(text) as { steps: readonly { op: string; urn: string }[] };
        return operationsOf(steps.map(({ op, urn }) => ({ op, name: nameOf(urn) })));
    }

    /** Starts the cluster unless it was. A start that failed is not tried again. */
    async isStarted(): Promise<void> {
        this.started ??= this.start(...verbose).succeeds();
        await this.started;
    }

    /** `npm stop`, and the end of its configuration. */
    async stop(): Promise<void> {
        await this.script("stop.sh").succeeds();
        rmSync(this.configFile, { force: true });
    }

    /** The deployment with its secrets in the clear. */
    async state(): Promise<unknown> {
        return JSON.parse(await this.script("pulumi.sh", "stack", "export", "--show-secrets").succeeds());
    }

    /** An output of the stack. */
    async output(name: string): Promise<unknown> {
        return JSON.parse(await this.script("pulumi.sh", "stack", "output", name, "--json").succeeds());
    }

    /** `npm run kubectl --`, with an object for its standard input if there is one. */
    kubectl(args: readonly string[], object?: unknown): Promise<string> {
        const input = object === undefined ? {} : { input: JSON.stringify(object) };
        return run(join(project, "scripts", "kubectl.sh"), args, { environment: this.environment(), ...input });
    }

    /** An image with a shell, nslookup and nc, which is on every node; of this program's images the only one with all. */
    imageWithShell(): Promise<string> {
        const path = "jsonpath={.items[0].spec.template.spec.containers[0].image}";
        return this.kubectl(["get", "daemonsets", "--namespace", "kube-flannel", "--output", path]);
    }

    /** `npm run status`; it gives another exit code than 0 unless all is well. */
    status(...flags: string[]): Promise<Finished> {
        return this.script("status.sh", ...flags).finished;
    }

    /** `npm run backup`, of a snapshot that a machine has if one is named; the path on this computer. */
    async backup(...listed: readonly [] | readonly [string]): Promise<string> {
        return (await this.script("backup.sh", ...listed).succeeds()).trim();
    }

    get api(): ApiClient {
        return new ApiClient(join(this.folder, "kubeconfig"));
    }

    /** The container that is a machine. */
    container(machine: string): string {
        return `pulumi-kubeadm-${this.stack}-${machine}`;
    }

    /** The names of all machines that there are. */
    async machines(): Promise<string[]> {
        const filter = `label=pulumi-kubeadm=pulumi-kubeadm-${this.stack}`;
        const names = await run("docker", ["ps", "--all", "--filter", filter, "--format", "{{.Names}}"]);
        return names
            .split("\n")
            .filter(Boolean)
            .map((name) => name.slice(this.container("").length))
            .sort();
    }

    /** Runs a script on a machine, not over SSH. */
    onMachine(machine: string, script: string): Promise<string> {
        const command = ["exec", "--interactive", this.container(machine), "bash", "-o", "errexit", "-s"];
        return run("docker", command, { input: script });
    }

    /** Names of the nodes that are Ready. */
    async readyNodes(): Promise<string[]> {
        const condition = '{.status.conditions[?(@.type=="Ready")].status}';
        const template = `jsonpath={range .items[*]}{.metadata.name} ${condition}{"\\n"}{end}`;
        const lines = (await this.kubectl(["get", "nodes", "--output", template])).trim().split("\n");
        return lines.flatMap((line) => (line.endsWith(" True") ? line.split(" ", 1) : [])).sort();
    }

    /** "name status" of each member of etcd, as the one on a control plane sees them. */
    async etcdMembers(asSeenFrom = "control-plane-1"): Promise<string[]> {
        const pki = "/etc/kubernetes/pki/etcd";
        const flags = ["--cacert", `${pki}/ca.crt`, "--cert", `${pki}/server.crt`, "--key", `${pki}/server.key`];
        const exec = ["--namespace", "kube-system", "exec", `etcd-${asSeenFrom}`, "--", "etcdctl", ...flags];
        const lines = (await this.kubectl([...exec, "member", "list"])).trim().split("\n");
        // 1234abcd, started, control-plane-1, …
        return lines
            .map((line) => line.split(", "))
            .map(([, status, name]) => `${name ?? ""} ${status ?? ""}`)
            .sort();
    }

    /** How many logins and other connections each machine's sshd has recorded. */
    async sshConnections(): Promise<Record<string, number>> {
        const entries = (await this.machines()).map(async (machine) => {
            const lines = await this.onMachine(machine, "journalctl --unit ssh --output cat --no-pager");
            return [machine, lines.split("\n").filter((line) => /^(Accepted|Connection|Unable)/.test(line)).length];
        });
        return Object.fromEntries(await Promise.all(entries)) as Record<string, number>;
    }

    /** The process id of the engine that holds the stack's lock. */
    enginePid(): number | undefined {
        const folder = join(this.folder, "backend", ".pulumi", "locks", "organization", "pulumi-kubeadm", this.stack);
        try {
            const [lock] = readdirSync(folder);
            const { pid } = JSON.parse(readFileSync(join(folder, lock ?? ""), "utf8")) as { pid: number };
            return pid;
        } catch {
            return undefined;
        }
    }

    /** The variables of a user without a backend of their own, who uses this stack. */
    environment(): NodeJS.ProcessEnv {
        return {
            ...process.env,
            PULUMI_STACK: this.stack,
            PULUMI_HOME: join(temporary, "no-pulumi-home"),
            PULUMI_BACKEND_URL: undefined,
            PULUMI_ACCESS_TOKEN: undefined,
            PULUMI_CONFIG_PASSPHRASE: undefined,
            PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
            // The flag --event-log is one of these.
            PULUMI_DEBUG_COMMANDS: "true",
            TMPDIR: temporary,
        };
    }

    /** The variables with which any Pulumi program reads this stack's outputs. */
    backendEnvironment(): NodeJS.ProcessEnv {
        return {
            ...this.environment(),
            PULUMI_HOME: join(cacheFolder(), "pulumi-home"),
            PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
            PULUMI_CONFIG_PASSPHRASE_FILE: join(this.folder, "passphrase"),
        };
    }

    private engine(script: string, args: string[]): EngineRun {
        this.runs += 1;
        const events = new EventLog(join(temporary, `${this.stack}-${this.runs}.events`));
        const command = this.script(script, ...args, "--event-log", events.file);
        const finished = command.finished.then((result) => {
            this.outputs.push(result.output);
            return result;
        });
        return {
            events,
            finished,
            succeeds: async () => {
                await command.succeeds();
                return (await finished).output;
            },
            fails: async () => {
                const { code, output } = await finished;
                if (code === 0) {
                    throw new Error(`${script} ${args.join(" ")} should have failed and did not:\n${output}`);
                }
                return output;
            },
        };
    }

    private script(name: string, ...args: string[]): Command {
        return new Command(join(project, "scripts", name), args, { environment: this.environment(), folder: project });
    }
}
