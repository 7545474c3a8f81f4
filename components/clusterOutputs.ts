import * as pulumi from "@pulumi/pulumi";
import type { Node } from "./node";
import { loginOf, type Machine, type Platform } from "./platforms/platform";

/** What a node is to those who only look at the cluster. */
export interface NodeFacts {
    readonly name: string;
    /** What Kubernetes and etcd call it, where that is not its name. */
    readonly nodeName?: string;
    readonly role: string;
    readonly address: string;
    readonly version: string;
}

/** What the stack says of its nodes. */
export function nodeFacts(machines: readonly Machine[], version: string): pulumi.Output<NodeFacts[]> {
    return pulumi.all(
        machines.map(({ name, nodeName, role, address }) =>
            pulumi.all([nodeName, address]).apply(([node, text]) => ({
                name,
                ...(node === undefined ? {} : { nodeName: node }),
                role,
                address: text,
                version,
            })),
        ),
    );
}

/** By control plane, the first day on which a certificate of it ends. */
export function certificatesEnd(nodes: readonly Node[]): pulumi.Output<Record<string, string>> {
    const ends = nodes.map(({ name, certificatesEnd: end }) => pulumi.all([name, end]));
    return pulumi.all(ends).apply((all) => Object.fromEntries(all.filter(([, end]) => end !== "")));
}

/** How a person gets to each machine, with the files that `npm start` writes. */
export function sshCommands(
    machines: readonly Machine[],
    { admin, adminKey }: Platform,
): pulumi.Output<Record<string, string>> {
    const folder = `.state/${pulumi.getStack()}`;
    const sshWith = (key: string) => `ssh -i ${folder}/${key} -o UserKnownHostsFile=${folder}/known_hosts`;
    const sshToAdmin = sshWith(adminKey === undefined ? "login-key" : "admin-key");
    // What is given to the ssh of a machine is not handed on to the one on the way.
    const ofItsOwn = "-F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes";
    const entries = machines.map((machine) => {
        const { name, connection } = machine;
        const { proxy } = connection;
        const ssh = machine === admin ? sshToAdmin : sshWith("login-key");
        const way =
            proxy === undefined
                ? ""
                : pulumi.interpolate` -o ProxyCommand="${sshToAdmin} ${ofItsOwn} -W %h:%p ${loginOf(proxy)}"`;
        return pulumi.all([name, pulumi.interpolate`${ssh}${way} ${loginOf(connection)}`]);
    });
    return pulumi.all(entries).apply((all) => Object.fromEntries(all));
}
