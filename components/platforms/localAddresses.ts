import { addressAt, parseSubnet, size } from "../subnet";

const loadBalancer = 5;
const controlPlanes = 10;
const workers = 100;
/** The last addresses of the subnet: kept for gateways and the broadcast address. */
const kept = 5;

/** The address of a local machine: load-balancer is host 5, control-plane-N host 10 + N, worker-N host 100 + N. */
export function localAddress(subnet: string, name: string): string {
    return addressAt(parseSubnet(subnet), hostNumber(name));
}

/** How many workers have an address in a subnet of local machines. */
export function localWorkerLimit(subnet: string): number {
    return size(parseSubnet(subnet)) - 1 - kept - workers;
}

function hostNumber(name: string): number {
    if (name === "load-balancer") {
        return loadBalancer;
    }
    const [, role, number] = /^(control-plane|worker)-([1-9]\d*)$/.exec(name) ?? [];
    if (role === undefined) {
        throw new Error(`${name} is not the name of a local machine`);
    }
    return (role === "worker" ? workers : controlPlanes) + Number(number);
}
