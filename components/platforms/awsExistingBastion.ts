import * as pulumi from "@pulumi/pulumi";
import type { ClusterConfig } from "../../config/clusterConfig";
import { RemoteScript } from "../remote/remoteScript";
import { Script } from "../remote/script";
import type { Connection, Machine } from "./platform";

const claimBastion = new Script("claim-bastion.sh");

/**
 * A bastion that is there as the admin machine. Before any machine is made it is seen to be reached, to have what admin
 * steps need, and to be no other cluster's.
 */
export function existingBastion(
    name: string,
    { awsBastion, clusterName }: Pick<ClusterConfig, "awsBastion" | "clusterName">,
    privateKey: pulumi.Output<string>,
    opts: pulumi.CustomResourceOptions,
): { readonly machine: Machine; readonly claim: pulumi.Resource } {
    if (awsBastion === undefined) {
        throw new Error("the configuration names no bastion");
    }
    const { host, user, hostKey } = awsBastion;
    const connection: Connection = { host, user, hostKey, privateKey };
    const identity = pulumi.output(hostKey);
    const claim = new RemoteScript(
        name,
        {
            connection,
            identity,
            script: claimBastion,
            values: { NODE: "bastion", CLUSTER: clusterName },
            limitSeconds: 60,
            onUpdate: "run",
        },
        opts,
    );
    const bastion = { name: "bastion", role: "bastion", pool: "bastion" } as const;
    return { machine: { ...bastion, connection, address: pulumi.output(host), identity, resource: claim }, claim };
}
