/** What was learnt, or why it could not be. */
export type Learnt<T> = { readonly value: T } | { readonly problem: string };

/** What was learnt, if it was. */
export function valueOf<T>(learnt: Learnt<T>): T | undefined {
    return "value" in learnt ? learnt.value : undefined;
}
