import * as pulumi from "@pulumi/pulumi";
import { type Connection, knownHost, loginOf } from "../platforms/platform";

/** Values of ssh.sh: the way from this computer to a machine. */
export function loginValues(connection: Connection): Readonly<Record<string, pulumi.Input<string>>> {
    const { proxy } = connection;
    return {
        LOGIN: loginOf(connection),
        LOGIN_KEY: pulumi.output(connection.privateKey).apply((key) => key ?? ""),
        OVER_KEY: pulumi.output(proxy?.privateKey).apply((key) => key ?? ""),
        KNOWN_HOSTS:
            proxy === undefined
                ? knownHost(connection)
                : pulumi.interpolate`${knownHost(connection)}\n${knownHost(proxy)}`,
        OVER: proxy === undefined ? "" : loginOf(proxy),
    };
}
