import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../platforms/platform";
import { type Script, unpack, type Value } from "./script";

/** What a script is given, by the names that it declares. */
export type Values = Readonly<Record<string, pulumi.Input<Value>>>;

export interface RemoteScriptArgs {
    readonly connection: Connection;
    readonly script: Script;
    readonly values: Values;
    /** Longest that the script may take, in seconds. */
    readonly limitSeconds: number;
    /** Identity of the machine, or the cluster, that the step is about: another one replaces the step. */
    readonly identity?: pulumi.Input<string>;
    /** Whether the step that replaces this one is made before this one goes. */
    readonly surges?: boolean;
    /** Whether making the step is only a record, for a step that is about later changes. */
    readonly onCreate?: "nothing";
    /** A step that this one follows each time that it runs. */
    readonly follows?: pulumi.CustomResource;
    /** What the script does when its values change: run again, or nothing at all. */
    readonly onUpdate: "run" | "nothing";
    /** Whether the script also runs, as `delete`, when the step goes. */
    readonly onDelete?: "run";
}

/**
 * One run of a script on a machine over SSH, with sudo. The command line is constant; the script and its values,
 * secret ones included, travel on stdin.
 */
export class RemoteScript extends remote.Command {
    constructor(name: string, args: RemoteScriptArgs, opts: pulumi.CustomResourceOptions) {
        args.script.check(Object.keys(args.values));
        const runsAnew = args.onUpdate === "run" && args.onCreate === undefined && args.onDelete === undefined;
        super(
            name,
            {
                connection: args.connection,
                create: args.onCreate === "nothing" ? nothing : commandLine("create", args.limitSeconds),
                update: args.onUpdate === "run" ? commandLine("update", args.limitSeconds) : nothing,
                ...(args.onDelete === "run" ? { delete: commandLine("delete", args.limitSeconds) } : {}),
                stdin: pulumi.secret(pulumi.output(args.values).apply((values) => args.script.pack(values))),
                triggers: [args.identity ?? "", args.follows?.id ?? ""].filter((trigger) => trigger !== ""),
                addPreviousOutputInEnv: false,
            },
            pulumi.mergeOptions(opts, {
                // An update that fails keeps the old values in the state, and would not run again when they come back.
                // What is replaced is not there until it has ended well.
                replaceOnChanges: runsAnew ? ["stdin"] : [],
                deleteBeforeReplace: runsAnew || args.surges !== true,
                // A step ends by itself; the engine's limit only ends a machine that never answers the phone.
                customTimeouts: limits(args.limitSeconds + 60),
            }),
        );
    }
}

// A command that leaves its stdin unread fails with the official plugin, so doing nothing reads it.
const nothing = "cat >/dev/null";

function commandLine(action: "create" | "update" | "delete", limitSeconds: number): string {
    return `${unpack} | sudo --non-interactive timeout --kill-after=10 ${limitSeconds} bash -s -- ${action}`;
}

function limits(seconds: number): pulumi.CustomTimeouts {
    return { create: `${seconds}s`, update: `${seconds}s`, delete: `${seconds}s` };
}
