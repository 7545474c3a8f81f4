import { addressAt, parseSubnet, size } from "../subnet";

const loadBalancer = 5;
const workers = 100;
/** The host of a machine is that of its role and its number. */
const roles: Readonly<Record<string, number>> = { "control-plane": 10, etcd: 30, worker: workers };
/** Hosts for all other machines. */
const others = Array.from({ length: 60 }, (_, index) => 40 + index);
/** The last addresses of the subnet: kept for gateways and the broadcast address. */
const kept = 5;

/** Numbers of hosts in the subnet of local machines, by the name of the machine. */
export type Hosts = Readonly<Record<string, number>>;

/**
 * The address of a local machine: load-balancer is host 5, control-plane-N host 10 + N, etcd-N host 30 + N, worker-N
 * host 100 + N; any other has the host that it is assigned.
 */
export function localAddress(subnet: string, name: string, hosts: Hosts = {}): string {
    const host = fixedHost(name) ?? hosts[name];
    if (host === undefined) {
        throw new Error(`${name} is not the name of a local machine`);
    }
    return addressAt(parseSubnet(subnet), host);
}

/**
 * The hosts of machines whose names do not say them: as they were, and the lowest free one for a new name. A name that
 * is gone keeps its host until all others are taken: its machine may still be there, and it may come back.
 */
export function assignHosts(names: readonly string[], before: Hosts): Hosts {
    const hosts = new Map(Object.entries(before));
    for (const name of names.filter((each) => fixedHost(each) === undefined && !hosts.has(each))) {
        const taken = [...hosts.values()];
        const gone = [...hosts.keys()].find((each) => !names.includes(each));
        const free = others.find((host) => !taken.includes(host)) ?? hosts.get(gone ?? "");
        if (free === undefined) {
            throw new Error(`all ${localPoolLimit} addresses of nodes of workerPools are taken`);
        }
        if (taken.includes(free)) {
            hosts.delete(gone ?? "");
        }
        hosts.set(name, free);
    }
    return Object.fromEntries(hosts);
}

/** How many workers of the pool `worker` have an address in a subnet of local machines. */
export function localWorkerLimit(subnet: string): number {
    return size(parseSubnet(subnet)) - 1 - kept - workers;
}

/** How many machines can have a host that their name does not say. */
export const localPoolLimit = others.length;

function fixedHost(name: string): number | undefined {
    if (name === "load-balancer") {
        return loadBalancer;
    }
    const [, role = "", number] = /^(control-plane|etcd|worker)-([1-9]\d*)$/.exec(name) ?? [];
    const first = roles[role];
    return first === undefined ? undefined : first + Number(number);
}
