import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { mergeSettings } from "./componentConfig";
import { join as joinScript, prepare as prepareScript } from "./node";
import type { JoiningArgs, JoiningContext } from "./nodeContext";
import { joinValues, prepareValues } from "./nodeSteps";
import type { SelfJoiningPool } from "./platforms/platform";
import { gzip, Script, type Value } from "./remote/script";

const selfJoin = new Script("self-join.sh", "aws-api.sh");
const firstBoot = new Script("user-data.sh");

/** EC2's limit of user data before it is encoded. */
const limitBytes = 16384;

// What only the instance knows; self-join.sh fills it in. The token gets its dot where any token has it.
const instance = {
    name: "@INSTANCE@",
    address: "@ADDRESS@",
    token: "@TOKEN@",
    providerId: "aws:///@ZONE@/@INSTANCE@",
    labels: {
        "node.kubernetes.io/instance-type": "@INSTANCE_TYPE@",
        "node.kubernetes.io/lifecycle": "@LIFECYCLE@",
        "topology.kubernetes.io/region": "@REGION@",
        "topology.kubernetes.io/zone": "@ZONE@",
    },
} as const;

// A machine that is told to end, by its group or since its spot price is gone, ends its pods first. Spot gives 120 s.
const gracefulEnd = { shutdownGracePeriod: "90s", shutdownGracePeriodCriticalPods: "20s" };

export interface UserDataArgs {
    readonly pool: Pick<SelfJoiningPool, "name" | "parameter" | "group" | "hook">;
    /** The cluster's KubeletConfiguration, which a machine reads from the cluster when it joins, and never again. */
    readonly kubelet: string;
    /** Values of prepare.sh and join.sh, with placeholders for what only the instance knows. */
    readonly prepare: Readonly<Record<string, Value>>;
    readonly join: Readonly<Record<string, Value>>;
}

/**
 * The user data of machines that join by themselves, compressed and in base64. It holds no secret: who reads it cannot
 * join without the token, which a machine reads with the role of its instance.
 */
export function userData({ pool, kubelet, prepare, join }: UserDataArgs): string {
    const service = selfJoin.render({
        NODE: pool.name,
        PARAMETER: pool.parameter,
        GROUP: pool.group,
        HOOK: pool.hook,
        PREPARE: prepareScript.render(prepare),
        JOIN: joinScript.render(join),
    });
    const text = executable(firstBoot.render({ NODE: pool.name, SELF_JOIN: executable(service) }));
    // Machines that run get another configuration of the kubelet only by other user data, which has others come in their places.
    const compressed = gzip(`${text}# KubeletConfiguration ${fingerprint(kubelet)}\n`);
    if (compressed.length > limitBytes) {
        throw new Error(
            `the user data of pool ${pool.name} has ${compressed.length} bytes, and EC2 takes ${limitBytes}; ` +
                "make its settings of the kubelet, of containerd or the patches smaller",
        );
    }
    return Buffer.from(compressed).toString("base64");
}

/** The same for a pool of a cluster: its machines get what a machine over SSH would get. */
export function userDataOf(pool: SelfJoiningPool, context: JoiningContext): pulumi.Output<string> {
    const node = joining(pool, context);
    return pulumi
        .all([pulumi.output(prepareValues(node)), pulumi.output(joinValues(node, pulumi.output(instance.token)))])
        .apply(([prepare, join]) => userData({ pool, kubelet: context.kubelet, prepare, join }));
}

function joining(
    { name: pool, labels, taints, kubelet, containerd }: SelfJoiningPool,
    context: JoiningContext,
): JoiningArgs {
    const all = { ...instance.labels, "pulumi-kubeadm/pool": pool, ...labels };
    const nodeLabels = Object.entries(all).map(([key, value]) => `${key}=${value}`);
    return {
        machine: {
            name: instance.name,
            address: pulumi.output(instance.address),
            kubeletArgs: { "node-labels": nodeLabels.join(","), "provider-id": instance.providerId },
        },
        role: "worker",
        taints,
        kubelet: mergeSettings(gracefulEnd, kubelet),
        containerd,
        context,
    };
}

function fingerprint(text: string): string {
    return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function executable(script: string): string {
    return `#!/usr/bin/env bash\n${script}`;
}
