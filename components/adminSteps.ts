import type * as pulumi from "@pulumi/pulumi";
import type { Pool } from "../config/pools";
import { clientValues } from "./etcdSteps";
import type { NodeContext } from "./nodeContext";
import type { Machine } from "./platforms/platform";
import { RemoteScript } from "./remote/remoteScript";
import { Script } from "./remote/script";
import { partsOf } from "./software";

const installKubectl = new Script("install-kubectl.sh", "download.sh", "first-boot.sh");
const declare = new Script("declare.sh", "kubectl.sh");
const gate = new Script("gate.sh", "kubectl.sh", "etcdctl.sh", "etcd-members.sh");
const gateOfExternalEtcd = new Script("gate.sh", "kubectl.sh", "etcd-client.sh", "etcd-admin.sh", "etcd-members.sh");

/** kubectl on the admin machine, where all other admin steps use it. */
export function kubectlOnAdmin(name: string, context: NodeContext, opts: pulumi.CustomResourceOptions): RemoteScript {
    return installOnAdmin(name, installKubectl, context, opts);
}

/** A program on the admin machine, which a script installs. */
export function installOnAdmin(
    name: string,
    script: Script,
    { admin, mirror, downloads }: NodeContext,
    opts: pulumi.CustomResourceOptions,
): RemoteScript {
    return new RemoteScript(
        name,
        {
            connection: admin.connection,
            identity: admin.identity,
            script,
            values: { NODE: admin.name, MIRROR: mirror, DOWNLOADS: downloads },
            limitSeconds: 300,
            onUpdate: "run",
        },
        opts,
    );
}

/** The record in the cluster of how many nodes it is meant to have; evictions are held against it. */
export function declareSize(
    name: string,
    { pools, machines }: { readonly pools: readonly Pool[]; readonly machines: readonly Machine[] },
    { admin, adminKubeconfig, origin }: NodeContext,
    opts: pulumi.CustomResourceOptions,
): RemoteScript {
    return new RemoteScript(
        name,
        {
            connection: admin.connection,
            identity: origin,
            script: declare,
            values: {
                NODE: "the cluster",
                POOLS: pools.map(
                    ({ name: pool, nodes, maxUnavailable }) => `${pool} ${nodes.length} ${maxUnavailable}`,
                ),
                PLACES: machines.flatMap(({ name: place, nodeName }) => (nodeName === undefined ? [] : [place])),
                KUBECONFIG_TEXT: adminKubeconfig,
            },
            limitSeconds: 600,
            onUpdate: "run",
        },
        opts,
    );
}

/** What must hold before any node is brought to another Kubernetes version. Runs when the version changes. */
export function upgradeGate(
    name: string,
    { admin, adminKubeconfig, clusterConfiguration: { kubernetesVersion }, pki, etcdEndpoints }: NodeContext,
    opts: pulumi.CustomResourceOptions,
): RemoteScript {
    return new RemoteScript(
        name,
        {
            connection: admin.connection,
            script: etcdEndpoints === undefined ? gate : gateOfExternalEtcd,
            values: {
                NODE: "the cluster",
                KUBERNETES_VERSION: kubernetesVersion,
                ETCD_MINIMUM: partsOf(kubernetesVersion).etcdMinimum,
                KUBECONFIG_TEXT: adminKubeconfig,
                ...(etcdEndpoints === undefined ? {} : clientValues(pki, etcdEndpoints)),
            },
            limitSeconds: 900,
            onCreate: "nothing",
            onUpdate: "run",
        },
        opts,
    );
}
