import assert from "node:assert/strict";
import { newCluster } from "../../support/clusters";

/** The cluster that all changes of day two are made to, one after another. */
export const cluster = newCluster("e2e-day2", {
    platform: "local",
    controlPlaneNodes: 3,
    workerNodes: 2,
    localSubnet: "172.31.243.0/24",
    localApiPort: 27446,
});

/** Asserts that these are the control planes, each with a member of etcd and no other member. */
export async function controlPlanesAre(numbers: readonly number[]): Promise<void> {
    const names = numbers.map((number) => `control-plane-${number}`);
    assert.deepEqual(
        (await cluster.readyNodes()).filter((name) => name.startsWith("control-plane-")),
        names,
    );
    assert.deepEqual(
        await cluster.etcdMembers(names[0]),
        names.map((name) => `${name} started`),
    );
}

/** What tells the machine of a node from any other. */
export async function machineOf(node: string): Promise<string> {
    const path = String.raw`jsonpath={.metadata.annotations.pulumi-kubeadm/machine}`;
    return cluster.kubectl(["get", "node", node, "--output", path]);
}

/** Gives a control plane's API server another certificate of its CA, for so many days. The earlier one is kept aside. */
export async function shortenCertificate(machine: string, days: number): Promise<void> {
    await cluster.onMachine(machine, `cp -p ${pki}/apiserver.crt /root/kept.crt; ${signed("apiserver", "ca", days)}`);
}

/** Ends the certificates by which members of etcd and API servers know each other, and all that still trusts them. */
export async function endCertificates(machine: string): Promise<void> {
    const ended = [
        signed("apiserver", "ca", 0),
        ...["apiserver-etcd-client", "etcd/peer", "etcd/server"].map((name) => signed(name, "etcd/ca", 0)),
    ];
    await cluster.onMachine(machine, [...ended, "pkill -x etcd", "pkill -x kube-apiserver"].join("; "));
}

const pki = "/etc/kubernetes/pki";

/** The command that makes another certificate of a CA's with the names of this one. */
function signed(name: string, ca: string, days: number): string {
    const request = `openssl x509 -x509toreq -in ${pki}/${name}.crt -signkey ${pki}/${name}.key -copy_extensions copyall`;
    const sign = `openssl x509 -req -CA ${pki}/${ca}.crt -CAkey ${pki}/${ca}.key -copy_extensions copyall -set_serial 20`;
    return `${request} 2>/dev/null | ${sign} -days ${days} -out ${pki}/${name}.new 2>/dev/null; mv ${pki}/${name}.new ${pki}/${name}.crt`;
}
