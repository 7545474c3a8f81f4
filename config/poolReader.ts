import type { Json, WorkerPool } from "../config";
import { nearest } from "./names";
import { anyMap, mapOf, messageOf, type Reader, text, textList, textMap, wholeNumber } from "./readers";

const readers: { readonly [Key in keyof WorkerPool]-?: Reader<NonNullable<WorkerPool[Key]>> } = {
    count: wholeNumber,
    labels: textMap,
    taints: textList,
    kubelet: anyMap,
    cpus: wholeNumber,
    memory: text,
    maxUnavailable: text,
};

/** A map of pool names to what their nodes have in common, with all defaults applied. */
export const workerPoolMap: Reader<Record<string, WorkerPool>> = mapOf((value) => {
    const given: Partial<WorkerPool> = Object.fromEntries(Object.entries(anyMap(value)).map(readField));
    if (given.count === undefined) {
        throw new Error("count is missing; say how many nodes the pool has");
    }
    return { labels: {}, taints: [], kubelet: {}, maxUnavailable: "10%", ...given, count: given.count };
});

function readField([field, value]: [string, Json]): [string, unknown] {
    if (!isField(field)) {
        const hint = nearest(field, Object.keys(readers));
        throw new Error(
            `${JSON.stringify(field)} is not known; ` +
                (hint === undefined ? `a pool has ${Object.keys(readers).join(", ")}` : `did you mean ${hint}?`),
        );
    }
    try {
        return [field, readers[field](value)];
    } catch (error) {
        throw new Error(`${field}: ${messageOf(error)}`);
    }
}

function isField(field: string): field is keyof WorkerPool {
    return field in readers;
}
