import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./platforms/platform";
import { RemoteScript } from "./remote/remoteScript";
import { Script } from "./remote/script";

const applyAddon = new Script("apply-addon.sh", "kubectl.sh");

export interface AddonArgs {
    /** YAML, as kubectl takes it. */
    readonly manifest: string;
    readonly admin: Machine;
    readonly adminKubeconfig: pulumi.Output<string>;
    /** The restore that the cluster's data began with; empty for none. */
    readonly origin: string;
    readonly dependsOn: readonly pulumi.Resource[];
}

/** A manifest that the program keeps applied. Its text is what a preview shows. */
export class Addon extends pulumi.ComponentResource {
    constructor(name: string, args: AddonArgs, opts?: pulumi.ComponentResourceOptions) {
        super("kubeadm:index:Addon", name, { manifest: args.manifest }, opts);

        new RemoteScript(
            `${name}-apply`,
            {
                connection: args.admin.connection,
                identity: args.origin,
                script: applyAddon,
                values: { NODE: name, MANIFEST: args.manifest, KUBECONFIG_TEXT: args.adminKubeconfig },
                limitSeconds: 600,
                onUpdate: "run",
            },
            { parent: this, dependsOn: [...args.dependsOn] },
        );
        this.registerOutputs();
    }
}
