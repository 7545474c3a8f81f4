import * as pulumi from "@pulumi/pulumi";
import { RemoteScript } from "../remote/remoteScript";
import { Script } from "../remote/script";
import type { Machine } from "./platform";

const joinToken = new Script("join-token.sh", "aws-api.sh", "bootstrap-token.sh");
const installJoinToken = new Script("install-join-token.sh", "timer.sh");

/** A token lives for two turns of the timer: one that fails is made up for by the next, or by another control plane. */
const tokenMinutes = 60;

/** The program that hands a control plane's tokens over in a parameter. */
export function joinTokenProgram(node: string, parameter: string): string {
    const script = joinToken.render({ NODE: node, PARAMETER: parameter, TOKEN_MINUTES: tokenMinutes });
    return `#!/usr/bin/env bash\n${script}`.trimEnd();
}

/**
 * Lets a control plane hand over tokens to machines that join by themselves; without a parameter, no longer. It begins
 * when the machine is a control plane.
 */
export function handOverTokens(
    { name, connection, identity, surges = false }: Machine,
    parameter: string | undefined,
    opts: pulumi.CustomResourceOptions,
): RemoteScript {
    const program = parameter === undefined ? "" : joinTokenProgram(name, parameter);
    return new RemoteScript(
        `${name}-join-token`,
        {
            connection,
            identity,
            surges,
            script: installJoinToken,
            values: { NODE: name, JOIN_TOKEN: program },
            limitSeconds: 120,
            onUpdate: "run",
        },
        opts,
    );
}
