import * as pulumi from "@pulumi/pulumi";
import { changeEffects } from "./changes/changeEffects";
import { Cluster } from "./components/cluster";
import { clusterData } from "./components/restore";
import { createPlatform, endpointForNodes } from "./components/platforms/createPlatform";
import { assignHosts } from "./components/platforms/localAddresses";
import { readConfig, throwAll } from "./config";
import type { ClusterConfig } from "./config/clusterConfig";
import { etcdNames } from "./config/etcd";
import { nodeNames } from "./config/nodes";
import { machinesInFront } from "./config/hosts";
import { renewals } from "./config/renewal";
import { generationsAfter } from "./changes/replacements";
import { asksForRestore, neverRestored, restoreAfter } from "./changes/restores";
import { checkSnapshot, noSnapshot, type Snapshot } from "./changes/snapshotFile";
import { type ClusterFacts, facts, knownNodes, recorded, type Remembered } from "./changes/clusterFacts";
import { refusals } from "./changes/updateRules";

/** How many lines of stack traces Node keeps when it is told nothing. */
const linesOfNode = 10;

// Nobody reads it when the engine was killed. The SDK writes there that it cannot, and of each such failure again, for ever.
process.stderr.on("error", () => process.exit(1));

/** Config in, one cluster, stack outputs. */
export = async () => {
    // The SDK keeps a stack trace of each of its promises, which is a quarter of the program's time.
    if (Error.stackTraceLimit === linesOfNode) {
        Error.stackTraceLimit = 0;
    }
    const config = readConfig();
    const last = await lastOutputs();
    const before = recorded(last.facts);
    const asked = asksForRestore(before?.restore ?? neverRestored, config.restoreFrom ?? "");
    const snapshot = asked ? await checkSnapshot(config.restoreFrom ?? "") : noSnapshot;
    const after = facts(config, endpointForNodes(config), remembered(config, before, last, snapshot));
    throwAll("this change", [...snapshot.problems, ...refusals(last.facts, after)]);
    await tell(before, after);

    const { origin } = after.restore;
    const known = { ...after, exists: before !== undefined, isRestored: asked };
    const data = clusterData(`${config.clusterName}-data`, asked);
    const platform = await createPlatform(config, known, data);
    const cluster = new Cluster(config.clusterName, {
        config,
        platform,
        data,
        // Nothing runs on machines that a restore makes anew.
        knownNodes: before === undefined || asked ? [] : knownNodes(before),
        renewals: after.renewals,
        admissions: before?.admissions ?? {},
        now: new Date().toISOString(),
        origin,
        snapshot,
    });
    return {
        // Known only when the nodes are as they say: a failed update leaves the facts of the one before it.
        facts: pulumi.all([cluster.admissions, cluster.completed]).apply(([admissions]) => ({ ...after, admissions })),
        kubeconfig: cluster.kubeconfig,
        controlPlaneEndpoint: cluster.controlPlaneEndpoint,
        caCertificate: cluster.caCertificate,
        caCertHash: cluster.caCertHash,
        nodes: cluster.nodes,
        certificatesEnd: cluster.certificatesEnd,
        loginKey: platform.loginKey,
        ...(platform.adminKey === undefined ? {} : { adminKey: platform.adminKey }),
        knownHosts: platform.knownHosts,
        sshCommands: cluster.sshCommands,
    };
};

/** Outputs that an update reads of the one before it. */
interface LastOutputs {
    readonly facts?: unknown;
    readonly certificatesEnd?: Readonly<Record<string, string>>;
}

/** What the stack itself said of the cluster when it was last completed. A reference would be a resource in previews. */
async function lastOutputs(): Promise<LastOutputs> {
    const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    // What an invoke returns has no type of its own.
    const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }, { async: true });
    return (answer as { outputs?: LastOutputs }).outputs ?? {};
}

function remembered(
    config: ClusterConfig,
    before: ClusterFacts | undefined,
    last: LastOutputs,
    snapshot: Snapshot,
): Remembered {
    const today = new Date().toISOString().slice(0, "2026-11-21".length);
    const days = config.renewCertificatesBefore;
    const { controlPlanes, workers } = nodeNames(config);
    const nodes = [...controlPlanes, ...workers];
    const front = machinesInFront(config);
    const machines = [...etcdNames(config), ...nodes, ...front];
    return {
        renewals: renewals(before?.renewals ?? {}, last.certificatesEnd ?? {}, { today, days }),
        generations:
            before === undefined
                ? {}
                : generationsAfter(
                      { ...before, nodes: [...before.etcdNodes, ...knownNodes(before), ...front] },
                      { nodes: machines, replace: config.replace },
                  ),
        restore: restoreAfter(before?.restore ?? neverRestored, config.restoreFrom ?? "", snapshot.checksum),
        hosts: config.platform === "local" ? assignHosts(nodes, before?.hosts ?? {}) : {},
    };
}

/** Says what the update means for nodes that run, which a preview's fields do not tell. */
async function tell(before: ClusterFacts | undefined, after: ClusterFacts): Promise<void> {
    for (const line of before === undefined ? [] : changeEffects(before, after)) {
        await pulumi.log.info(line);
    }
}
