import {
    anyMap,
    type Json,
    type Labels,
    mapOf,
    mapWith,
    type Reader,
    readItem,
    text,
    textList,
    textMap,
    wholeNumber,
} from "./readers";

/** How many instances a pool has at least and at most. */
export interface Autoscaling {
    readonly min: number;
    readonly max: number;
}

/** A pool of workers beside the pool `worker`. */
export interface WorkerPool {
    readonly count: number;
    /** Between how many instances AWS chooses, instead of a count; they join by themselves. @default none */
    readonly autoscaling?: Autoscaling;
    /** @default none */
    readonly labels: Labels;
    /** @default none */
    readonly taints: readonly string[];
    /** Fields of KubeletConfiguration over those of the cluster. @default nothing */
    readonly kubelet: Readonly<Record<string, Json>>;
    /** TOML for containerd, over that of the cluster. @default none */
    readonly containerd: string;
    /** CPUs of each machine, where the platform makes it. @default up to the platform */
    readonly cpus?: number;
    /** "512Mi" or "4Gi" for each machine, where the platform makes it. @default up to the platform */
    readonly memory?: string;
    /** How many nodes may be out of service at a time: "2" or "25%". @default 10% */
    readonly maxUnavailable: string;
}

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
