import type { NodeObject } from "./nodeObject";
import { type Learnt, valueOf } from "./learnt";
import type { MachineReport } from "./report";

/** All that was seen of a cluster at a time. */
export interface Seen {
    readonly at: Date;
    readonly machines: ReadonlyMap<string, Learnt<MachineReport>>;
    /** The nodes, as the API knows them. */
    readonly api: Learnt<readonly NodeObject[]>;
    /** Whether it was not asked, since this computer has no way to it. */
    readonly isCutOff: boolean;
    /** When the certificate in the stack's kubeconfig ends; undefined when it cannot be read. */
    readonly kubeconfigEnd: Date | undefined;
}

/** What a machine reported, if it did. */
export function reportOf(seen: Seen, machine: string): MachineReport | undefined {
    const learnt = seen.machines.get(machine);
    return learnt === undefined ? undefined : valueOf(learnt);
}
