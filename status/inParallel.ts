/** Does something for all items, for at most `limit` at a time; the results are in the items' order. */
export async function inParallel<T, R>(
    items: readonly T[],
    limit: number,
    work: (item: T) => Promise<R>,
): Promise<R[]> {
    const results = new Map<number, R>();
    const queue = items.entries();
    const lane = async (): Promise<void> => {
        for (const [index, item] of queue) {
            results.set(index, await work(item));
        }
    };
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
    return [...results].sort(([one], [other]) => one - other).map(([, result]) => result);
}
