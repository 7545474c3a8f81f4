import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Admission } from "./admission";
import { initRecord } from "./initRecord";
import type { NodeArgs } from "./nodeContext";
import {
    admitValues,
    describe,
    drainValues,
    hasEtcd,
    initValues,
    joinValues,
    membershipValues,
    prepareValues,
    settleValues,
} from "./nodeSteps";
import type { Machine } from "./platforms/platform";
import { RemoteScript } from "./remote/remoteScript";
import { Script } from "./remote/script";

/** Makes a machine fit to be a node. */
export const prepare = new Script(
    "prepare.sh",
    "download.sh",
    "first-boot.sh",
    "preflight.sh",
    "registry-mirror.sh",
    "containerd-settings.sh",
    "containerd.sh",
    "images.sh",
    "kubernetes.sh",
    "etcd-tools.sh",
    "credential-provider.sh",
);
const prepareControlPlane = prepare.with("api-server.sh", "certificate-files.sh", "ended-certificates.sh");
const init = new Script("init.sh", "kubeadm.sh", "kube-proxy.sh", "records.sh", "restore.sh");
// What only control planes need, or only those with a member of etcd, is in their scripts alone: a change of it does not
// touch the other nodes.
const admit = new Script(
    "admit.sh",
    "kubectl.sh",
    "bootstrap-token.sh",
    "drained.sh",
    "empty-node.sh",
    "turn.sh",
    "evict.sh",
    "place.sh",
);
const admitMember = admit.with("etcdctl.sh", "etcd-members.sh", "predecessors.sh", "join-turn.sh");
export const join = new Script("join.sh", "kubeadm.sh");
const joinMember = join.with("wake-kubelet.sh", "etcdctl.sh", "etcd-members.sh");
const joinControlPlane = join.with("wake-kubelet.sh");
const drain = new Script("drain.sh", "kubectl.sh", "drained.sh", "empty-node.sh", "turn.sh");
const settleWorker = new Script(
    "settle.sh",
    "download.sh",
    "registry-mirror.sh",
    "containerd-settings.sh",
    "containerd.sh",
    "images.sh",
    "kubernetes.sh",
    "kubeadm.sh",
    "drift.sh",
);
const settleControlPlane = settleWorker.with(
    "kube-proxy.sh",
    "static-pods.sh",
    "static-pod.sh",
    "api-server.sh",
    "component-health.sh",
    "certificate-files.sh",
    "certificates.sh",
    "etcd-tools.sh",
    "timer.sh",
    "backup.sh",
    "control-plane.sh",
    "other-control-planes.sh",
    "records.sh",
);
const membership = new Script("membership.sh", "kubectl.sh", "drained.sh");

/** How the cluster is made. */
export interface InitArgs {
    /** What must be done before; or that it is made already. */
    readonly after: readonly pulumi.Resource[] | "exists";
    /** SHA-256 of the snapshot that it is made from; empty for none. */
    readonly snapshotChecksum: string;
}

/** What must be done before a prepared machine can become a node. */
export interface JoinArgs {
    /** With it nodes go without being evicted. */
    readonly evictions: pulumi.Resource;
    /** Steps on the admin machine and in the cluster. */
    readonly dependsOn: readonly pulumi.Resource[];
    /** What comes before this node may be disturbed. */
    readonly settlesAfter: readonly pulumi.Resource[];
}

/** A machine that becomes a node. Its inputs are the node's description, which a preview shows field by field. */
export class Node extends pulumi.ComponentResource {
    readonly prepared: RemoteScript;
    /** The steps that end a change of a running node; there once it was told to join. */
    settled?: RemoteScript;
    member?: RemoteScript;

    constructor(
        readonly name: string,
        private readonly args: NodeArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("kubeadm:index:Node", name, describe(args), opts);
        const script = args.role === "worker" ? prepare : prepareControlPlane;
        this.prepared = new RemoteScript(
            `${name}-prepare`,
            { ...this.onMachine("run"), script, values: prepareValues(args), limitSeconds: 900 },
            { parent: this, dependsOn: [...args.dependsOn] },
        );
    }

    /** The record that the cluster exists: `kubeadm init` on this node, once for its origin. */
    initializeCluster(
        name: string,
        { after, snapshotChecksum }: InitArgs,
        opts: pulumi.CustomResourceOptions,
    ): RemoteScript {
        const { context, machine } = this.args;
        const { admin, origin } = context;
        const values = initValues(this.args, snapshotChecksum);
        return initRecord(
            name,
            { what: "the cluster", machine, admin, after, origin, script: init, values, limitSeconds: 900 },
            opts,
        );
    }

    /** Admits, joins and settles the node, and makes it a member in full standing. */
    join({ evictions, dependsOn, settlesAfter }: JoinArgs): void {
        const token = new random.RandomPassword(
            `${this.name}-token`,
            { length: 22, special: false, upper: false, keepers: { machine: this.args.machine.identity } },
            { parent: this },
        ).result;
        // While one is admitted to etcd that does not come, the others would wait for it.
        const fit = hasEtcd(this.args) ? [this.prepared] : [];
        const admitted = new RemoteScript(
            `${this.name}-admit`,
            {
                ...this.onAdmin("run"),
                onDelete: "run",
                script: hasEtcd(this.args) ? admitMember : admit,
                values: admitValues(this.args, token),
                limitSeconds: 3000,
            },
            { parent: this, dependsOn: [...dependsOn, ...fit], deletedWith: evictions },
        );
        const joined = new RemoteScript(
            `${this.name}-join`,
            {
                ...this.onMachine("nothing"),
                script: this.joinScript,
                values: joinValues(this.args, token),
                limitSeconds: 1500,
            },
            { parent: this, dependsOn: [this.prepared, admitted] },
        );
        const drained = new RemoteScript(
            `${this.name}-drain`,
            {
                ...this.onAdmin("run"),
                script: drain,
                values: drainValues(this.args),
                limitSeconds: 3000,
            },
            { parent: this, dependsOn: [joined, ...settlesAfter] },
        );
        this.settled = new RemoteScript(
            `${this.name}-settle`,
            {
                ...this.onMachine("run"),
                script: this.args.role === "worker" ? settleWorker : settleControlPlane,
                values: settleValues(this.args),
                limitSeconds: 1800,
            },
            { parent: this, dependsOn: drained },
        );
        this.member = new RemoteScript(
            `${this.name}-membership`,
            {
                ...this.onAdmin("run"),
                follows: this.settled,
                script: membership,
                values: membershipValues(this.args, token),
                limitSeconds: 900,
            },
            { parent: this, dependsOn: this.settled },
        );
        this.registerOutputs();
    }

    get machine(): Machine {
        return this.args.machine;
    }

    get admission(): pulumi.Output<Admission> {
        return this.args.admission;
    }

    /** The first day on which a certificate of kubeadm's ends, `2027-11-21`; empty on a worker, which has none. */
    get certificatesEnd(): pulumi.Output<string> {
        const said = this.settled?.stdout ?? pulumi.output("");
        return pulumi.unsecret(said).apply((text) => /^certificates end (\S+)$/m.exec(text)?.[1] ?? "");
    }

    private get joinScript(): Script {
        if (hasEtcd(this.args)) {
            return joinMember;
        }
        return this.args.role === "worker" ? join : joinControlPlane;
    }

    private onMachine(onUpdate: "run" | "nothing") {
        const { connection, identity, surges = false } = this.args.machine;
        return { connection, identity, surges, onUpdate };
    }

    private onAdmin(onUpdate: "run" | "nothing") {
        const { identity, surges = false } = this.args.machine;
        return { connection: this.args.context.admin.connection, identity, surges, onUpdate };
    }
}
