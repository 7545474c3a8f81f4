import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
    admitValues,
    describe,
    initValues,
    joinValues,
    membershipValues,
    type NodeArgs,
    prepareValues,
    settleValues,
} from "./nodeSteps";
import { RemoteScript } from "./remote/remoteScript";
import { Script } from "./remote/script";

const prepare = new Script("prepare.sh", "download.sh", "preflight.sh", "containerd.sh");
const init = new Script("init.sh", "kubeadm.sh");
const admit = new Script("admit.sh", "kubectl.sh", "etcdctl.sh");
const join = new Script("join.sh", "kubeadm.sh", "etcdctl.sh");
const settle = new Script("settle.sh", "kubeadm.sh");
const membership = new Script("membership.sh", "kubectl.sh", "etcdctl.sh", "evict.sh");

/** What must be done before a prepared machine can become a node. */
export interface JoinArgs {
    /** The record that the cluster exists; while it goes, nodes go with it instead of being evicted. */
    readonly initialized: pulumi.Resource;
    /** Steps on the admin machine and in the cluster. */
    readonly dependsOn: readonly pulumi.Resource[];
    /** The node that is settled before this one. */
    readonly settledBefore: Node | undefined;
}

/** A machine that becomes a node. Its inputs are the node's description, which a preview shows field by field. */
export class Node extends pulumi.ComponentResource {
    readonly prepared: RemoteScript;
    private settled: RemoteScript | undefined;

    constructor(
        private readonly name: string,
        private readonly args: NodeArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("kubeadm:index:Node", name, describe(args), opts);
        this.prepared = new RemoteScript(
            `${name}-prepare`,
            { ...this.onMachine("run"), script: prepare, values: prepareValues(args), limitSeconds: 900 },
            { parent: this, dependsOn: [...args.dependsOn] },
        );
    }

    /** The record that the cluster exists: `kubeadm init` on this node, once and never again. */
    initializeCluster(
        name: string,
        prepared: readonly pulumi.Resource[],
        opts: pulumi.CustomResourceOptions,
    ): RemoteScript {
        return new RemoteScript(
            name,
            {
                connection: this.args.machine.connection,
                onUpdate: "nothing",
                script: init,
                values: initValues(this.args),
                limitSeconds: 900,
            },
            pulumi.mergeOptions(opts, {
                dependsOn: [...prepared],
                // Whatever happens to the machine that was first, this record stays as it is.
                ignoreChanges: ["connection", "create", "update", "stdin"],
            }),
        );
    }

    /** Admits, joins and settles the node, and makes it a member in full standing. */
    join({ initialized, dependsOn, settledBefore }: JoinArgs): void {
        const token = new random.RandomPassword(
            `${this.name}-token`,
            { length: 22, special: false, upper: false, keepers: { machine: this.args.machine.identity } },
            { parent: this },
        ).result;
        const admitted = new RemoteScript(
            `${this.name}-admit`,
            { ...this.onAdmin("nothing"), script: admit, values: admitValues(this.args, token), limitSeconds: 300 },
            { parent: this, dependsOn: [initialized, ...dependsOn], deletedWith: initialized },
        );
        const joined = new RemoteScript(
            `${this.name}-join`,
            { ...this.onMachine("nothing"), script: join, values: joinValues(this.args, token), limitSeconds: 1500 },
            { parent: this, dependsOn: [this.prepared, admitted] },
        );
        this.settled = new RemoteScript(
            `${this.name}-settle`,
            { ...this.onMachine("run"), script: settle, values: settleValues(this.args), limitSeconds: 900 },
            {
                parent: this,
                dependsOn: settledBefore?.settled === undefined ? joined : [joined, settledBefore.settled],
            },
        );
        new RemoteScript(
            `${this.name}-membership`,
            {
                ...this.onAdmin("run"),
                onDelete: "run",
                script: membership,
                values: membershipValues(this.args, token),
                limitSeconds: 3000,
            },
            { parent: this, dependsOn: this.settled, deletedWith: initialized },
        );
        this.registerOutputs();
    }

    private onMachine(onUpdate: "run" | "nothing") {
        const { connection, identity } = this.args.machine;
        return { connection, identity, onUpdate };
    }

    private onAdmin(onUpdate: "run" | "nothing") {
        const { context, machine } = this.args;
        return { connection: context.admin.connection, identity: machine.identity, onUpdate, onDelete: "run" as const };
    }
}
