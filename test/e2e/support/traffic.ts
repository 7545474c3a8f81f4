import assert from "node:assert/strict";
import { lengthOf, overlap, type Span } from "../../support/spans";
import type { ApiClient } from "./apiClient";
import { cacheFolder } from "./cacheFolder";
import { Disk } from "./disk";

/** What became of the calls of one kind. */
export interface Answers {
    readonly calls: number;
    readonly failed: number;
    /** Longest time without an answer. */
    readonly longestGapSeconds: number;
    /** In words: how long that was, when it began, and for how much of it the disk stood still. */
    readonly longestGap: string;
    /** How often calls failed for each reason. */
    readonly reasons: Readonly<Record<string, number>>;
}

/** What became of all calls. */
export interface AllAnswers {
    readonly reads: Answers;
    readonly writes: Answers;
}

const intervalMilliseconds = 100;
/** As many as may be written at a time: a write that waits for another of its object would be the test's own doing. */
const objects = 20;

/** Ten reads and ten writes a second, as long as it runs. */
export class Traffic {
    private readonly reads = new Counter();
    private readonly writes = new Counter();
    private readonly disk = new Disk(cacheFolder());
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

    async stop(): Promise<AllAnswers> {
        clearInterval(this.timer);
        await Promise.all([this.reads.ended(), this.writes.ended()]);
        const standstills = await this.disk.stop();
        return { reads: this.reads.answers(standstills), writes: this.writes.answers(standstills) };
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

/** Asserts that there was always an answer within a time. Returns a line for the report. */
export function answeredWithin(seconds: number, { reads, writes }: AllAnswers): string {
    const words = `reads ${inWords(reads)}; writes ${inWords(writes)}`;
    assert.ok(Math.max(reads.longestGapSeconds, writes.longestGapSeconds) < seconds, words);
    return words;
}

function inWords({ calls, failed, longestGap, reasons }: Answers): string {
    const why = Object.entries(reasons).map(([reason, times]) => `${times} ${reason}`);
    return `${failed} of ${calls} failed${failed === 0 ? "" : ` (${why.join(", ")})`}, longest gap ${longestGap}`;
}

class Counter {
    private readonly pending: Promise<void>[] = [];
    private readonly reasons: Record<string, number> = {};
    private lastAnswer = Date.now();
    private longestGap: Span = { from: this.lastAnswer, to: this.lastAnswer };

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

    async ended(): Promise<void> {
        await Promise.all(this.pending);
        this.endGap();
    }

    answers(standstills: readonly Span[]): Answers {
        const seconds = lengthOf(this.longestGap) / 1000;
        const disk = overlap(this.longestGap, standstills);
        const from = new Date(this.longestGap.from).toISOString().slice(11, 19);
        return {
            calls: this.pending.length,
            failed: Object.values(this.reasons).reduce((sum, times) => sum + times, 0),
            longestGapSeconds: seconds,
            longestGap: `${seconds} s from ${from}${disk === 0 ? "" : `, of which the disk stood still for ${disk / 1000} s`}`,
            reasons: this.reasons,
        };
    }

    private endGap(): void {
        const gap = { from: this.lastAnswer, to: Date.now() };
        if (lengthOf(gap) > lengthOf(this.longestGap)) {
            this.longestGap = gap;
        }
        this.lastAnswer = gap.to;
    }
}

/** ECONNREFUSED, or the words of what the API server answered. */
function reasonOf(error: unknown): string {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
}
