/** Which machine of a node was admitted to the cluster, and by the update of which time. */
export interface Admission {
    readonly machine: string;
    /** ISO 8601. */
    readonly since: string;
}

/**
 * The admission of a node's machine: the recorded one, if it is of this machine, else one of now. There is a record only
 * once an update was completed; until then each update admits the machine again, if it has not joined, since the token of
 * an earlier one may have ended.
 */
export function admissionOf(recorded: Admission | undefined, machine: string, now: string): Admission {
    return recorded?.machine === machine ? recorded : { machine, since: now };
}
