import type { Autoscaling, Json, WorkerPool } from "../config";
import { anyMap, mapOf, mapWith, readItem, type Reader, text, textList, textMap, wholeNumber } from "./readers";

const readers: { readonly [Key in keyof WorkerPool]-?: Reader<NonNullable<WorkerPool[Key]>> } = {
    count: wholeNumber,
    autoscaling: (value) => limits(value),
    labels: textMap,
    taints: textList,
    kubelet: anyMap,
    containerd: text,
    cpus: wholeNumber,
    memory: text,
    maxUnavailable: text,
};

/** A map of pool names to what their nodes have in common, with all defaults applied. */
export const workerPoolMap: Reader<Record<string, WorkerPool>> = mapOf((value) => {
    const given: Partial<WorkerPool> = Object.fromEntries(
        Object.entries(mapWith("a pool has", Object.keys(readers), value)).map(readField),
    );
    if (given.count === undefined && given.autoscaling === undefined) {
        throw new Error("count is missing; say how many nodes the pool has");
    }
    if (given.count !== undefined && given.autoscaling !== undefined) {
        throw new Error("count and autoscaling exclude each other; keep one of them");
    }
    return {
        labels: {},
        taints: [],
        kubelet: {},
        containerd: "",
        maxUnavailable: "10%",
        ...given,
        count: given.count ?? 0,
    };
});

function limits(value: Json): Autoscaling {
    const { min, max, ...others } = anyMap(value);
    if (min === undefined || max === undefined || Object.keys(others).length > 0) {
        throw new Error(`${JSON.stringify(value)} is not min and max; for example {min: 2, max: 20}`);
    }
    return { min: wholeNumber(min), max: wholeNumber(max) };
}

function readField([field, value]: [string, Json]): [string, unknown] {
    // One of their names, since the pool has no others.
    const read: Reader<unknown> = readers[field as keyof WorkerPool];
    return [field, readItem(field, value, read)];
}
