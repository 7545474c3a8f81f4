import * as pulumi from "@pulumi/pulumi";
import { caCertHash } from "../../components/certificates";
import { type JoiningContext, joiningContext } from "../../components/nodeContext";
import type { PkiFile } from "../../components/pki";
import { configOf } from "./configOf";

/** What the nodes of a cluster have in common that is known by its outputs alone. */
export interface KnownCluster {
    readonly settings: Record<string, unknown>;
    /** `host:port`. */
    readonly endpoint: string;
    /** PEM. */
    readonly caCertificate: string;
    readonly mirror: string;
}

/** The context of a node that joins such a cluster and holds no key of it. */
export function contextOf({ settings, endpoint, caCertificate, mirror }: KnownCluster): JoiningContext {
    const platform = {
        endpoint: pulumi.output({ forNodes: endpoint, forOperator: endpoint }),
        kubelet: { failSwapOn: false },
        kubeProxy: {},
        apiServerExtraArgs: {},
        mirror,
    };
    const noKey = pulumi.secret("a worker has no key of a CA");
    return joiningContext(configOf(settings), platform, {
        ca: () => ({ certPem: pulumi.output(caCertificate), keyPem: noKey }),
        caCertHash: pulumi.output(caCertHash(caCertificate)),
        controlPlaneFiles: pulumi.secret<Record<string, PkiFile>>({}),
        etcdClient: undefined,
    });
}
