import { IPv4 } from "ipaddr.js";
import { apiServerPort } from "../components/ports";
import { endpointParts, portProblem } from "./addresses";
import type { ClusterConfig } from "./clusterConfig";
import { etcdNames } from "./etcd";
import { isHost, nearest } from "./names";
import { subnetsAround } from "./network";
import { poolNameOf } from "./nodes";
import { numberedNodes, poolsOf } from "./pools";
import { mapOf, mapWith, type Reader, text, wholeNumber } from "./readers";
import { hostKeyOf, hostKeyProblem, privateKeyProblems, userProblem } from "./ssh";

/** A machine that is there. */
export interface HostSettings {
    /** IPv4 address under which the other machines reach it. */
    readonly address: string;
    /** Name or address under which this computer reaches it. @default its address */
    readonly host?: string;
    /** Port of its sshd. @default 22 */
    readonly port?: number;
    /** Who logs in, and may use sudo without a password. @default root */
    readonly user: string;
    /** "ssh-ed25519 AAAA...". */
    readonly hostKey: string;
}

/** Where HAProxy is set up, and where kubectl runs. */
export const loadBalancer = "load-balancer";
/** Where kubectl runs, in front of a load balancer of the user's. */
export const admin = "admin";
/** The machine of platform aws that SSH comes in through, and where kubectl runs. */
export const bastion = "bastion";

const fields = ["address", "host", "port", "user", "hostKey"];
const example = "{address: 10.0.0.11, hostKey: ssh-ed25519 AAAA...}";

/** Machines that are there, by the names of what they become. */
export const hosts: Reader<Record<string, HostSettings>> = mapOf((value) => {
    const { address, host, port, user, hostKey } = mapWith("a machine has", fields, value);
    if (address === undefined || hostKey === undefined) {
        throw new Error(`it has no ${address === undefined ? "address" : "hostKey"}; for example ${example}`);
    }
    return {
        address: text(address),
        ...(host === undefined ? {} : { host: text(host) }),
        ...(port === undefined ? {} : { port: wholeNumber(port) }),
        user: user === undefined ? "root" : text(user),
        hostKey: hostKeyOf(text(hostKey)),
    };
});

/** The machines that become something, by name: not those of workers that are taken out. */
export function usedHosts(config: ClusterConfig): [string, HostSettings][] {
    const used = new Set([...members(config), loadBalancer, admin]);
    return Object.entries(config.hosts).filter(([name]) => used.has(name));
}

/** Machines beside nodes and members of etcd that can be made, or cleared and set up, anew: those that HAProxy or kubectl runs on. */
export function machinesInFront({ platform, hosts, awsBastion }: ClusterConfig): string[] {
    switch (platform) {
        case "local":
            return [loadBalancer];
        case "hosts":
            return [loadBalancer, admin].filter((name) => name in hosts);
        case "aws":
            return awsBastion === undefined ? [bastion] : [];
    }
}

function members(config: ClusterConfig): string[] {
    return [...etcdNames(config), ...poolsOf(config).flatMap(({ nodes }) => nodes)];
}

/** What platform hosts needs to know; nothing on another platform. */
export function hostRules(config: ClusterConfig): string[] {
    return config.platform === "hosts"
        ? [
              ...nameRules(config),
              ...adminRules(config),
              ...bastionRules(config),
              ...endpointRules(config),
              ...Object.entries(config.hosts).flatMap(([name, host]) => hostProblems(config, name, host)),
              ...twins(config),
              ...privateKeyProblems("hostsKey", config.hostsKey, "all machines"),
          ]
        : [];
}

/** Each machine of the cluster has an entry, and each entry is one; that of a worker which is taken out may stay. */
function nameRules(config: ClusterConfig): string[] {
    const missing = members(config).filter((name) => !(name in config.hosts));
    const known = [...etcdNames(config), ...numberedNodes(config), loadBalancer, admin];
    return [
        ...(missing.length === 0
            ? []
            : [`hosts: no machine is given for ${missing.join(", ")}; for example ${missing[0] ?? ""}: ${example}`]),
        ...Object.keys(config.hosts)
            .filter((name) => !known.includes(name))
            .map((name) => {
                // A name of another number is another node, and no misspelling.
                const hint = poolNameOf(config, name) === undefined ? nearest(name, known) : undefined;
                return (
                    `hosts: "${name}" is no machine of this cluster; ` +
                    (hint === undefined || hint in config.hosts
                        ? "raise the number of its pool, or take the machine out"
                        : `did you mean ${hint}?`)
                );
            }),
    ];
}

function adminRules({ hosts: given, controlPlaneEndpoint }: ClusterConfig): string[] {
    const [balances, administers] = [loadBalancer in given, admin in given];
    if (balances && administers) {
        return [`hosts: kubectl runs on the ${loadBalancer}; take ${admin} out`];
    }
    if (!balances && !administers) {
        return [
            `hosts: there is neither a ${loadBalancer}, where HAProxy is set up, ` +
                `nor, with a load balancer of yours, a machine ${admin}, where kubectl runs; give one of them`,
        ];
    }
    return administers && controlPlaneEndpoint === undefined
        ? [
              `controlPlaneEndpoint: without a ${loadBalancer} in hosts, it is that of yours; ` +
                  "for example api.example.com:6443",
          ]
        : [];
}

/** The way to the other machines is over the one that kubectl runs on: it reaches the cluster anyway. */
function bastionRules({ hosts: given, hostsBastion }: ClusterConfig): string[] {
    const [other] = [loadBalancer, admin].filter((name) => name in given);
    return hostsBastion === undefined || hostsBastion in given
        ? []
        : [
              `hostsBastion: there is no ${hostsBastion} in hosts; ${other === undefined ? "add it" : `use ${other}`}, or leave it out`,
          ];
}

/** The endpoint of a cluster whose load balancer is set up, which is no other machine. */
function endpointRules({ hosts: given, controlPlaneEndpoint }: ClusterConfig): string[] {
    const balancer = given[loadBalancer];
    if (balancer === undefined || controlPlaneEndpoint === undefined) {
        return [];
    }
    const { host, port } = endpointParts(controlPlaneEndpoint);
    const [other] =
        Object.entries(given).find(([name, { address }]) => name !== loadBalancer && address === host) ?? [];
    return [
        ...(host === "" || port === apiServerPort
            ? []
            : [`controlPlaneEndpoint: the ${loadBalancer} does not answer at port ${port}; use ${apiServerPort}`]),
        ...(other === undefined
            ? []
            : [
                  `controlPlaneEndpoint: ${host} is the address of ${other}, not of the ${loadBalancer}; ` +
                      `use ${balancer.address}, or leave it out`,
              ]),
    ];
}

function hostProblems(config: ClusterConfig, name: string, settings: HostSettings): string[] {
    const { address, host, port, user, hostKey } = settings;
    const problems = [
        ["address", addressProblem(config, address)],
        ["host", host === undefined || isHost(host) ? undefined : `"${host}" is neither a name nor an address`],
        ["port", port === undefined ? undefined : portProblem(port)],
        ["user", userProblem(user)],
        ["hostKey", hostKeyProblem(hostKey, "the machine")],
    ];
    return problems.flatMap(([field, problem]) =>
        problem === undefined ? [] : [`hosts: ${name}: ${field ?? ""}: ${problem}`],
    );
}

function addressProblem(config: ClusterConfig, address: string): string | undefined {
    if (!IPv4.isValidFourPartDecimal(address) || IPv4.parse(address).range() === "loopback") {
        return `"${address}" is not an IPv4 address that the other machines reach; for example 10.0.0.11`;
    }
    const [inside] = subnetsAround(config, address);
    return inside === undefined
        ? undefined
        : `${address} lies in ${inside} ${config[inside]}; choose subnets that are apart`;
}

/** Two entries of one machine, or machines that were cloned with their keys. */
function twins({ hosts: given }: ClusterConfig): string[] {
    return Object.entries(given).flatMap(([name, machine], index, all) =>
        all
            .slice(0, index)
            .flatMap(([other, its]) => [
                ...(its.address === machine.address ? [`hosts: ${name} has the address of ${other}`] : []),
                ...(its.hostKey === machine.hostKey
                    ? [
                          `hosts: ${name} has the host key of ${other}; ` +
                              "give machines of a cloned image keys of their own, with ssh-keygen -A",
                      ]
                    : []),
            ]),
    );
}
