import { IPv4 } from "ipaddr.js";
import type { ClusterConfig } from "./clusterConfig";

type MaskConfig = Pick<ClusterConfig, "podSubnet" | "controllerManagerExtraArgs">;

const plainFlag = "node-cidr-mask-size";
const ipv4Flag = "node-cidr-mask-size-ipv4";
/** What a node gets where no flag says otherwise. */
const usual = 24;

/** The flag of the controller manager that says how large a node's part of podSubnet is. */
export function nodeMaskFlag({ controllerManagerExtraArgs: flags }: MaskConfig): string {
    return ipv4Flag in flags ? ipv4Flag : plainFlag;
}

/** The size of the part of podSubnet that the controller manager gives to each node; NaN when its flag says none. */
export function nodeMask(config: MaskConfig): number {
    const given = maskText(config);
    if (given === undefined) {
        return usual;
    }
    const mask = /^[1-9]\d*$/.test(given) ? Number(given) : NaN;
    return mask >= prefixOf(config) && mask <= 32 ? mask : NaN;
}

/** What is wrong with a flag for it, after its name: a mask that podSubnet has no room for, or one that is not read. */
export function nodeMaskProblem(flag: string, config: MaskConfig): string | undefined {
    const { podSubnet, controllerManagerExtraArgs: flags } = config;
    if (flag === plainFlag && ipv4Flag in flags) {
        return ` and ${ipv4Flag} exclude each other; keep one of them`;
    }
    if (flag !== nodeMaskFlag(config)) {
        return undefined;
    }
    const prefix = prefixOf(config);
    if (Number.isNaN(nodeMask(config))) {
        return `: "${maskText(config) ?? ""}" is not the size of a part of podSubnet ${podSubnet}; use ${prefix} to 32`;
    }
    return flag === plainFlag && prefix > usual
        ? `: kubeadm takes podSubnet ${podSubnet} for smaller than a node's part, since it does not read this flag; use ${ipv4Flag}`
        : undefined;
}

/** Of a flag that is given more than once, the last one counts. */
function maskText(config: MaskConfig): string | undefined {
    return [config.controllerManagerExtraArgs[nodeMaskFlag(config)] ?? []].flat().at(-1);
}

/** That of podSubnet; 1 where it is no subnet, which a rule of its own says. */
function prefixOf({ podSubnet }: MaskConfig): number {
    return IPv4.isValidCIDRFourPartDecimal(podSubnet) ? IPv4.parseCIDR(podSubnet)[1] : 1;
}
