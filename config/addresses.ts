import { IPv4, IPv6 } from "ipaddr.js";
import { localAddress } from "../components/platforms/localAddresses";
import { apiServerPort } from "../components/ports";
import type { ClusterConfig } from "./clusterConfig";
import { isDnsSubdomain, isHost } from "./names";
import { cidrProblem, subnetExamples, subnetsAround } from "./network";

/** Names and addresses under which things are reached. */
export function addressRules(config: ClusterConfig): string[] {
    return [
        ...endpointRules(config),
        ...(isDnsSubdomain(config.dnsDomain)
            ? []
            : [`dnsDomain: "${config.dnsDomain}" is not a DNS name in lower case; for example cluster.local`]),
        ...config.certSANs
            .filter((name) => !IPv6.isValid(name) && !isHost(name.replace(/^\*\./, "")))
            .map((name) => `certSANs: "${name}" is neither an IP address nor a DNS name; for example api.example.com`),
        ...portRules("localApiPort", config.localApiPort),
        ...mirrorRules(config.mirror),
    ];
}

function endpointRules(config: ClusterConfig): string[] {
    const { controlPlaneEndpoint: endpoint } = config;
    if (endpoint === undefined) {
        return [];
    }
    const { host, port } = endpointParts(endpoint);
    if (!isHost(host)) {
        return [`controlPlaneEndpoint: "${endpoint}" is not host or host:port; for example api.example.com:6443`];
    }
    const problem = portProblem(port) ?? selfProblem(host) ?? localEndpointProblem(config, host, port);
    return problem === undefined ? [] : [`controlPlaneEndpoint: ${problem}`];
}

/** The host and the port of an endpoint; no host where it is none. */
export function endpointParts(endpoint: string): { host: string; port: number } {
    const [, host = "", port = ""] = /^(.*):(\d{1,5})$/.exec(endpoint) ?? [];
    return { host, port: Number(port) };
}

function selfProblem(host: string): string | undefined {
    const isSelf = IPv4.isValidFourPartDecimal(host)
        ? ["loopback", "unspecified"].includes(IPv4.parse(host).range())
        : /(^|\.)localhost$/.test(host);
    return isSelf ? `${host} is each machine itself; use a name or an address that all machines reach` : undefined;
}

/** A name may lead to the load balancer of local machines, which has one address and one port. */
function localEndpointProblem(config: ClusterConfig, host: string, port: number): string | undefined {
    if (config.platform !== "local" || cidrProblem(config.localSubnet, subnetExamples.localSubnet) !== undefined) {
        return undefined;
    }
    const balancer = localAddress(config.localSubnet, "load-balancer");
    if (port !== apiServerPort) {
        return `the load balancer does not answer at port ${port}; use ${apiServerPort}`;
    }
    const isOther = IPv4.isValidFourPartDecimal(host) && host !== balancer;
    return isOther && subnetsAround(config, host).length === 0
        ? `${host} is not the load balancer, which has ${balancer}; use that, or leave it out`
        : undefined;
}

function portRules(key: string, port: number): string[] {
    const problem = portProblem(port);
    return problem === undefined ? [] : [`${key}: ${problem}`];
}

/** What is wrong with a number as port; nothing when it is fine. */
export function portProblem(port: number): string | undefined {
    return Number.isInteger(port) && port >= 1 && port <= 65535 ? undefined : `${port} is not a port; use 1 to 65535`;
}

function mirrorRules(mirror: string | undefined): string[] {
    return mirror === undefined || (/^(https?|file):\/\/\S/.test(mirror) && URL.canParse(mirror))
        ? []
        : [`mirror: "${mirror}" is not a base URL; for example https://mirror.example.com or file:///srv/mirror`];
}
