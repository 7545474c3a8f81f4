import * as pulumi from "@pulumi/pulumi";
import type { Snapshot } from "../snapshotFile";
import type { Machine } from "./platforms/platform";
import { LocalScript } from "./remote/localScript";
import { loginValues } from "./remote/login";
import { RemoteScript } from "./remote/remoteScript";
import { Script } from "./remote/script";

const record = new Script("record-origin.sh", "origin.sh");
const send = new Script("send-snapshot.sh", "ssh.sh");

/**
 * The record on the admin machine of where the cluster's data began. By it the nodes of a cluster that a restore gives up
 * are not evicted from it.
 */
export function recordOrigin(
    name: string,
    admin: Machine,
    origin: string,
    opts: pulumi.CustomResourceOptions,
): RemoteScript {
    return new RemoteScript(
        name,
        {
            connection: admin.connection,
            identity: admin.identity,
            script: record,
            values: { NODE: "the cluster", ORIGIN: origin },
            limitSeconds: 120,
            onUpdate: "run",
        },
        opts,
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
