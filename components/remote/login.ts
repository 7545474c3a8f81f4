import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../platforms/platform";

/** Values of ssh.sh: the way from this computer to a machine. */
export function loginValues(connection: Connection): Readonly<Record<string, pulumi.Input<string>>> {
    const { proxy } = connection;
    return {
        LOGIN: pulumi.interpolate`${connection.user}@${connection.host}`,
        LOGIN_KEY: pulumi.output(connection.privateKey).apply((key) => key ?? ""),
        OVER_KEY: pulumi.output(proxy?.privateKey).apply((key) => key ?? ""),
        KNOWN_HOSTS:
            proxy === undefined
                ? hostLine(connection)
                : pulumi.interpolate`${hostLine(connection)}\n${hostLine(proxy)}`,
        OVER: proxy === undefined ? "" : pulumi.interpolate`${proxy.user ?? "root"}@${proxy.host}`,
    };
}

function hostLine({ host, hostKey }: Pick<Connection, "host" | "hostKey">): pulumi.Output<string> {
    return pulumi.interpolate`${host} ${hostKey}`;
}
