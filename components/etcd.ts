import * as pulumi from "@pulumi/pulumi";
import type { Snapshot } from "../changes/snapshotFile";
import { installOnAdmin } from "./adminSteps";
import { etcdCertificates } from "./certificates";
import {
    admitValues,
    clientUrls,
    describe,
    initValues,
    joinValues,
    type MemberArgs,
    type MemberCertificates,
    prepareValues,
    settleValues,
} from "./etcdSteps";
import { initRecord } from "./initRecord";
import type { NodeContext } from "./nodeContext";
import { issue } from "./pki";
import type { Machine } from "./platforms/platform";
import { RemoteScript, type RemoteScriptArgs } from "./remote/remoteScript";
import { Script } from "./remote/script";
import { sendSnapshot } from "./restore";

const installEtcdctl = new Script("install-etcdctl.sh", "download.sh", "first-boot.sh", "etcd-tools.sh");
const prepare = new Script(
    "etcd-prepare.sh",
    "download.sh",
    "first-boot.sh",
    "etcd-tools.sh",
    "etcd-files.sh",
    "etcd-service.sh",
);
const init = new Script("etcd-init.sh", "restore.sh", "etcd-client.sh", "etcd-members.sh", "etcd-service.sh");
const admit = new Script("etcd-admit.sh", "etcd-client.sh", "etcd-admin.sh", "etcd-members.sh", "etcd-turn.sh");
const join = new Script("etcd-join.sh", "etcd-client.sh", "etcd-members.sh", "etcd-service.sh");
const settle = new Script(
    "etcd-settle.sh",
    "download.sh",
    "etcd-tools.sh",
    "etcd-files.sh",
    "etcd-client.sh",
    "etcd-members.sh",
    "etcd-turn.sh",
    "etcd-service.sh",
    "timer.sh",
    "backup.sh",
    "drift.sh",
);

export interface EtcdArgs {
    /** One member on each. */
    readonly machines: readonly Machine[];
    readonly context: NodeContext;
    /** Whether an earlier update has completed this etcd. */
    readonly exists: boolean;
    /** With it members go without being taken out. */
    readonly evictions: pulumi.Resource;
    /** Name of the step that brings the snapshot which this update restores, if it restores one. */
    readonly snapshotName: string;
    readonly snapshot: Snapshot;
}

/** etcd on machines of its own: the first makes it, all others join it, and so does whatever replaces any of them. */
export class Etcd extends pulumi.ComponentResource {
    private readonly members: readonly EtcdMember[];

    constructor(
        name: string,
        private readonly args: EtcdArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("kubeadm:index:Etcd", name, {}, opts);
        const { machines, context } = args;

        const all = { size: machines.length, endpoints: clientUrls(machines), context };
        this.members = machines.map((machine) => new EtcdMember(machine.name, { machine, ...all }, { parent: this }));
        const [first] = this.members;
        if (first === undefined) {
            throw new pulumi.ResourceError("external etcd has no machines", this);
        }
        const etcdctl = installOnAdmin(`${name}-etcdctl`, installEtcdctl, context, { parent: this });
        const made = first.initializeEtcd(`${name}-init`, args, this);
        for (const member of this.members) {
            member.join([made, etcdctl], args.evictions);
        }
        this.registerOutputs();
    }

    /** The steps after which every member has a vote. */
    get joined(): readonly pulumi.Resource[] {
        return this.members.flatMap(({ joined }) => joined ?? []);
    }

    /** Brings all members to what is described, those of an etcd that runs one after another. */
    settle(after: readonly pulumi.Resource[]): readonly pulumi.Resource[] {
        const settled: pulumi.Resource[] = [];
        for (const member of this.members) {
            settled.push(member.settle(this.args.exists ? [...after, ...settled.slice(-1)] : after));
        }
        return settled;
    }
}

/** A machine that becomes a member of external etcd. Its inputs are its description, which a preview shows. */
class EtcdMember extends pulumi.ComponentResource {
    joined?: RemoteScript;
    private readonly certificates: MemberCertificates;
    private readonly prepared: RemoteScript;

    constructor(
        private readonly name: string,
        private readonly args: MemberArgs,
        opts: pulumi.ComponentResourceOptions,
    ) {
        super("kubeadm:index:EtcdMember", name, describe(args), opts);
        const { machine, context } = args;
        const ca = context.pki.ca("etcd");
        const certificate = etcdCertificates(context.renewCertificatesBefore).member(name);
        this.certificates = {
            server: issue(`${name}-server`, ca, certificate, this, machine.address),
            peer: issue(`${name}-peer`, ca, certificate, this, machine.address),
        };
        this.prepared = this.onMachine("prepare", prepare, prepareValues(args, this.certificates), "run", []);
    }

    /** The record that etcd exists. */
    initializeEtcd(name: string, { exists, snapshotName, snapshot }: EtcdArgs, parent: Etcd): RemoteScript {
        const { machine, context } = this.args;
        const { admin, origin } = context;
        const sent = sendSnapshot(snapshotName, machine, { origin, snapshot }, { parent, dependsOn: this.prepared });
        const after = exists ? "exists" : [this.prepared, ...sent];
        const values = initValues(this.args, snapshot.checksum);
        return initRecord(
            name,
            { what: "etcd", machine, admin, after, origin, script: init, values, limitSeconds: 900 },
            { parent },
        );
    }

    /** Admits the machine and starts its member. */
    join(after: readonly pulumi.Resource[], evictions: pulumi.Resource): void {
        const { machine, context } = this.args;
        const admitted = new RemoteScript(
            `${this.name}-admit`,
            {
                connection: context.admin.connection,
                identity: machine.identity,
                onUpdate: "nothing",
                onDelete: "run",
                script: admit,
                values: admitValues(this.args),
                limitSeconds: 1500,
            },
            { parent: this, dependsOn: [...after], deletedWith: evictions },
        );
        this.joined = this.onMachine("join", join, joinValues(this.args), "nothing", [this.prepared, admitted]);
    }

    settle(after: readonly pulumi.Resource[]): RemoteScript {
        const settled = this.onMachine("settle", settle, settleValues(this.args, this.certificates), "run", [
            ...(this.joined === undefined ? [] : [this.joined]),
            ...after,
        ]);
        this.registerOutputs();
        return settled;
    }

    private onMachine(
        step: string,
        script: Script,
        values: RemoteScriptArgs["values"],
        onUpdate: "run" | "nothing",
        dependsOn: pulumi.Resource[],
    ): RemoteScript {
        const { connection, identity } = this.args.machine;
        return new RemoteScript(
            `${this.name}-${step}`,
            { connection, identity, script, values, onUpdate, limitSeconds: 1500 },
            { parent: this, dependsOn },
        );
    }
}
