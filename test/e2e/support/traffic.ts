import type { ApiClient } from "./apiClient";

/** What became of the calls of one kind. */
export interface Answers {
    readonly calls: number;
    readonly failed: number;
    /** Longest time without an answer. */
    readonly longestGapSeconds: number;
    /** When that began, as an ISO time, to find it in the logs of the machines. */
    readonly longestGapFrom: string;
    /** How often calls failed for each reason. */
    readonly reasons: Readonly<Record<string, number>>;
}

const intervalMilliseconds = 100;
/** As many as may be written at a time: a write that waits for another of its object would be the test's own doing. */
const objects = 20;

/** Ten reads and ten writes a second, as long as it runs. */
export class Traffic {
    private readonly reads = new Counter();
    private readonly writes = new Counter();
    private readonly timer: NodeJS.Timeout;
    private calls = 0;

    constructor(private readonly api: ApiClient) {
        this.timer = setInterval(() => {
            this.calls += 1;
            this.writes.count(write(this.api, this.calls));
            this.reads.count(this.api.get(pathOf("traffic-0")));
        }, intervalMilliseconds);
    }

    /** Starts after a first write, so that there is something to read. */
    static async start(api: ApiClient): Promise<Traffic> {
        await write(api, 0);
        return new Traffic(api);
    }

    async stop(): Promise<{ readonly reads: Answers; readonly writes: Answers }> {
        clearInterval(this.timer);
        return { reads: await this.reads.answers(), writes: await this.writes.answers() };
    }
}

function write(api: ApiClient, call: number): Promise<string> {
    const name = `traffic-${call % objects}`;
    return api.apply(pathOf(name), {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name },
        data: { call: String(call) },
    });
}

function pathOf(name: string): string {
    return `/api/v1/namespaces/default/configmaps/${name}`;
}

/** For the report of a test. */
export function inWords({ calls, failed, longestGapSeconds: gap, longestGapFrom, reasons }: Answers): string {
    const why = Object.entries(reasons).map(([reason, times]) => `${times} ${reason}`);
    const words = failed === 0 ? "" : ` (${why.join(", ")})`;
    return `${failed} of ${calls} failed${words}, longest gap ${gap} s from ${longestGapFrom.slice(11, 19)}`;
}

class Counter {
    private readonly pending: Promise<void>[] = [];
    private readonly reasons: Record<string, number> = {};
    private lastAnswer = Date.now();
    private longestGap = { milliseconds: 0, from: this.lastAnswer };

    count(call: Promise<unknown>): void {
        this.pending.push(
            call.then(
                () => {
                    this.endGap();
                },
                (error: unknown) => {
                    const reason = reasonOf(error);
                    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
                },
            ),
        );
    }

    async answers(): Promise<Answers> {
        await Promise.all(this.pending);
        this.endGap();
        return {
            calls: this.pending.length,
            failed: Object.values(this.reasons).reduce((sum, times) => sum + times, 0),
            longestGapSeconds: this.longestGap.milliseconds / 1000,
            longestGapFrom: new Date(this.longestGap.from).toISOString(),
            reasons: this.reasons,
        };
    }

    private endGap(): void {
        const milliseconds = Date.now() - this.lastAnswer;
        if (milliseconds > this.longestGap.milliseconds) {
            this.longestGap = { milliseconds, from: this.lastAnswer };
        }
        this.lastAnswer = Date.now();
    }
}

/** ECONNREFUSED, or the words of what the API server answered. */
function reasonOf(error: unknown): string {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
}
