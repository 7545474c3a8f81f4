import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Snapshot } from "../changes/snapshotFile";
import type { Machine } from "./platforms/platform";
import { LocalScript } from "./remote/localScript";
import { loginValues } from "./remote/login";
import { Script } from "./remote/script";

const send = new Script("send-snapshot.sh", "ssh.sh");

/**
 * Stands for the cluster's data: another one in each update that restores, also in one that goes on with a restore. All
 * machines are made after it.
 */
export function clusterData(name: string, isRestored: boolean): random.RandomId {
    return new random.RandomId(
        name,
        { byteLength: 4, keepers: { restore: isRestored ? new Date().toISOString() : "" } },
        { deleteBeforeReplace: true, ignoreChanges: isRestored ? [] : ["keepers"] },
    );
}

/**
 * Stands for all evictions, which are `deletedWith` it. Other data take it out of the state before any machine goes, and it
 * comes back after these machines: nobody is evicted from a cluster that is given up, whose admin machine may be lost too.
 */
export function evictions(
    name: string,
    data: random.RandomId,
    machines: readonly pulumi.Resource[],
    opts: pulumi.CustomResourceOptions,
): random.RandomId {
    return new random.RandomId(
        name,
        { byteLength: 4, keepers: { data: data.hex } },
        { ...opts, dependsOn: [...machines] },
    );
}

/** What a cluster's data begin with. */
export interface Beginning {
    /** The restore that they began with; empty for none. */
    readonly origin: string;
    /** What this update restores. */
    readonly snapshot: Snapshot;
}

/**
 * Brings a snapshot from this computer to the machine that etcd begins on. Its content is in no value of a resource, so it
 * is not in the state. Without a snapshot it stays as it was; a cluster that was never restored has no such step.
 */
export function sendSnapshot(
    name: string,
    { name: node, connection, identity }: Machine,
    { origin, snapshot }: Beginning,
    opts: pulumi.CustomResourceOptions,
): LocalScript[] {
    if (origin === "") {
        return [];
    }
    const sent = new LocalScript(
        name,
        {
            script: send,
            values: {
                NODE: node,
                SNAPSHOT_FILE: snapshot.file,
                ...loginValues(connection),
            },
            triggers: [origin, identity],
        },
        pulumi.mergeOptions(opts, { ignoreChanges: snapshot.checksum === "" ? ["triggers"] : [] }),
    );
    return [sent];
}
