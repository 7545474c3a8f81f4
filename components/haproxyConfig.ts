import type { HaproxySettings } from "../config/haproxy";
import { apiServerPort } from "./ports";

/** A control plane that the load balancer sends connections to. */
export interface Backend {
    readonly name: string;
    /** IP address. */
    readonly address: string;
}

export interface HaproxyConfigArgs {
    readonly backends: readonly Backend[];
    readonly settings: HaproxySettings;
}

/** Where HAProxy looks for the cluster's CA certificate. */
export const haproxyCaFile = "/etc/haproxy/kubernetes-ca.crt";

/** Where the page of statistics is, on the machine itself only. */
const statsPort = 8404;
// The limit of connections fits 20000 open files.
const globalLines = [
    "log stdout format raw local0 info",
    "maxconn 8000",
    "user haproxy",
    "group haproxy",
    "chroot /var/lib/haproxy",
];

/** haproxy.cfg for the API servers: TLS passes through, and only what proves to be a ready API server is used. */
export function haproxyConfig(args: HaproxyConfigArgs): string {
    const servers = args.backends.map(({ name, address }) => `    server ${name} ${address}:${apiServerPort}`);
    const { global = "", defaults = "", frontend = "", backend = "", sections = "" } = args.settings;
    // Watches last for hours, and many connections start at once when an API server goes: hence long times and leastconn,
    // which evens them out again when it is back. It also has all new ones try a machine that was just lost, until checks
    // have found out: they do not wait there long, and go on to another.
    // Every API server's certificate has the name kubernetes.default.svc, and no other certificate of the CA has it.
    return `global${added(globalLines.filter(isNotIn(global)).join("\n"))}${added(global)}

defaults
    mode tcp
    log global
    option clitcpka
    option srvtcpka
    option redispatch 1
    retries 3
    timeout connect 500ms
    timeout check 2s
    timeout client 4h
    timeout server 4h${added(defaults)}

frontend kubernetes
    bind *:${apiServerPort}
    option tcplog
    option dontlognull
    default_backend control-planes${added(frontend)}

backend control-planes
    balance leastconn
    option httpchk GET /readyz
    http-check expect status 200
    default-server check check-ssl verify required ca-file ${haproxyCaFile} verifyhost kubernetes.default.svc
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join("\n")}${added(backend)}

listen statistics
    bind 127.0.0.1:${statsPort}
    mode http
    no log
    timeout client 10s
    timeout server 10s
    stats enable
    stats uri /
    stats refresh 5s
${sections === "" ? "" : `\n${sections.trimEnd()}\n`}`;
}

/** Lines at the end of a section. */
function added(text: string): string {
    return text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => `\n    ${line.trim()}`)
        .join("");
}

/** HAProxy takes most words of `global` once only, so those of the user take the place of these; elsewhere the last one counts. */
function isNotIn(text: string): (line: string) => boolean {
    const words = text.split("\n").map(firstWord);
    return (line) => !words.includes(firstWord(line));
}

function firstWord(line: string): string | undefined {
    return line.trim().split(/\s/)[0];
}
