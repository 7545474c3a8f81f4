import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { AwsMachine, type AwsMachineArgs } from "./awsMachines";
import { named } from "./awsTags";
import type { Machine } from "./platform";

/** The machine that SSH comes in through, and where kubectl of the admin steps runs. */
export class AwsBastion extends pulumi.ComponentResource {
    readonly machine: Machine;

    constructor(name: string, args: AwsMachineArgs, opts: pulumi.ComponentResourceOptions) {
        super("kubeadm:platforms:AwsBastion", name, {}, opts);
        const { machine, instance } = new AwsMachine(name, args, { parent: this, dependsOn: opts.dependsOn ?? [] });
        // The address stays when the machine becomes another one, and so does every connection that goes over it.
        const { publicIp: host } = new ec2.Eip(
            name,
            { domain: "vpc", instance: instance.id, tags: named(args.tags, args.spec.name) },
            { parent: this },
        );
        this.machine = { ...machine, connection: { ...machine.connection, host } };
        this.registerOutputs();
    }
}
