import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./platforms/platform";
import { RemoteScript, type RemoteScriptArgs } from "./remote/remoteScript";
import { Script } from "./remote/script";

const initialized = new Script("initialized.sh");

export interface InitRecordArgs extends Pick<RemoteScriptArgs, "script" | "values" | "limitSeconds"> {
    /** What is made, for messages. */
    readonly what: string;
    /** Where it is made. */
    readonly machine: Machine;
    readonly admin: Machine;
    /** What must be done before; or that it is made already. */
    readonly after: readonly pulumi.Resource[] | "exists";
    /** Where its data began: another origin makes it anew. */
    readonly origin?: string;
}

/**
 * The record that something was made, once and never again. Where it exists, the record waits for no machine: a machine
 * that is replaced may wait for the others.
 */
export function initRecord(
    name: string,
    { what, machine, admin, after, origin, script, values, limitSeconds }: InitRecordArgs,
    opts: pulumi.CustomResourceOptions,
): RemoteScript {
    const exists = after === "exists";
    return new RemoteScript(
        name,
        {
            connection: exists ? admin.connection : machine.connection,
            ...(origin === undefined ? {} : { identity: origin }),
            onUpdate: "nothing",
            script: exists ? initialized : script,
            values: exists ? { NODE: what } : values,
            limitSeconds,
        },
        pulumi.mergeOptions(opts, {
            dependsOn: exists ? [] : [...after],
            // Whatever happens to the machine that was first, this record stays as it is.
            ignoreChanges: ["connection", "create", "update", "stdin"],
        }),
    );
}
