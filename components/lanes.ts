/** A node in the order in which nodes are changed. */
export interface LaneNode {
    readonly name: string;
    /** Nodes of one lane are changed in turn: "control-plane", or the name of a pool of workers. */
    readonly lane: string;
    /** How many nodes of its lane may be away at once. */
    readonly maxUnavailable: number;
    /** Whether it was a node before this update, so that something runs on it. */
    readonly isKnown: boolean;
}

/** What must be done before a node may be disturbed: another one is settled, or back as a member in full standing. */
export interface Turn {
    readonly after: string;
    readonly until: "settled" | "member";
}

/**
 * Whose turn comes before each node's. Control planes go one at a time; workers after the last of them, as many at a
 * time as may be away. A node that nothing runs on yet does not wait for its lane, only for the cluster's configuration.
 */
export function turns(nodes: readonly LaneNode[]): ReadonlyMap<string, Turn> {
    const controlPlanes = nodes.filter(({ lane }) => lane === "control-plane");
    const last = controlPlanes.at(-1);
    const made = nodes.flatMap((node): [string, Turn][] => {
        const lane = nodes.filter((each) => each.lane === node.lane && (each.lane === "control-plane" || each.isKnown));
        const ahead = lane[lane.indexOf(node) - node.maxUnavailable];
        const isWorker = node.lane !== "control-plane";
        const before = node.isKnown || !isWorker ? (ahead ?? (isWorker ? last : undefined)) : last;
        return before === undefined
            ? []
            : [[node.name, { after: before.name, until: node.isKnown ? "member" : "settled" }]];
    });
    return new Map(made);
}
