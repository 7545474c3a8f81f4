import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Values } from "./remoteScript";
import { type Script, unpack } from "./script";

export interface LocalScriptArgs {
    readonly script: Script;
    readonly values: Values;
    /** Values whose change makes the thing anew. Any other change is left for the next time it is made. */
    readonly triggers: readonly pulumi.Input<string>[];
    /** Whether `delete` gets other values as they change; then the output is good for nothing. @default false */
    readonly follows?: boolean;
}

/**
 * One run of a script on the operator's computer: `create` makes something, `delete` takes it away. Its output is good
 * for as long as the thing is there, so nothing but a trigger may run the script again.
 */
export class LocalScript extends local.Command {
    constructor(name: string, args: LocalScriptArgs, opts: pulumi.CustomResourceOptions) {
        args.script.check(Object.keys(args.values));
        super(
            name,
            {
                create: `${unpack} | bash -s -- create`,
                update: "cat >/dev/null",
                delete: `${unpack} | bash -s -- delete`,
                stdin: pulumi.secret(pulumi.output(args.values).apply((values) => args.script.pack(values))),
                triggers: [...args.triggers],
                logging: "stderr",
                addPreviousOutputInEnv: false,
            },
            pulumi.mergeOptions(opts, {
                deleteBeforeReplace: true,
                // An update would leave an empty output; what is made anew gets the values of its day all the same.
                ignoreChanges: args.follows === true ? [] : ["create", "update", "delete", "stdin"],
            }),
        );
    }
}
