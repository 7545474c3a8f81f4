/** From when to when, in milliseconds since 1970. */
export interface Span {
    readonly from: number;
    readonly to: number;
}

/** In milliseconds. */
export function lengthOf({ from, to }: Span): number {
    return to - from;
}

/** Milliseconds of a span that lie in others, none of which meet. */
export function overlap(span: Span, others: readonly Span[]): number {
    return others
        .map((other) => lengthOf({ from: Math.max(span.from, other.from), to: Math.min(span.to, other.to) }))
        .filter((milliseconds) => milliseconds > 0)
        .reduce((sum, milliseconds) => sum + milliseconds, 0);
}
