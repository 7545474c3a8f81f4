import { IPv4 } from "ipaddr.js";

/** An IPv4 subnet. */
export interface Subnet {
    /** The network's address as a number. */
    readonly first: number;
    readonly prefix: number;
}

/** The subnet that a CIDR stands for. */
export function parseSubnet(cidr: string): Subnet {
    const [, prefix] = IPv4.parseCIDR(cidr);
    return { first: toNumber(IPv4.networkAddressFromCIDR(cidr).toString()), prefix };
}

/** How many addresses a subnet has. */
export function size(subnet: Subnet): number {
    return 2 ** (32 - subnet.prefix);
}

/** Whether two subnets share an address. */
export function overlap(a: Subnet, b: Subnet): boolean {
    return a.first < b.first + size(b) && b.first < a.first + size(a);
}

/** The address at a place of a subnet, counted from the network's own address. */
export function addressAt(subnet: Subnet, place: number): string {
    const value = subnet.first + place;
    return [24, 16, 8, 0].map((bits) => String(Math.floor(value / 2 ** bits) % 256)).join(".");
}

function toNumber(address: string): number {
    return IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
