import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Span } from "../../support/spans";
import { pause } from "./command";

const pauseMilliseconds = 250;
const shortestMilliseconds = 300;

/**
 * The disk that all machines of a cluster under test share with whatever else this computer does. While it stands still no
 * member of etcd can write, however many there are; machines of their own would have disks of their own.
 */
export class Disk {
    private readonly standstills: Span[] = [];
    private isWatched = true;
    private readonly ended: Promise<void>;

    /** Watches it with a small write at a time, in a folder that is on it. */
    constructor(folder: string) {
        this.ended = this.watch(folder);
    }

    async stop(): Promise<readonly Span[]> {
        this.isWatched = false;
        await this.ended;
        return this.standstills;
    }

    private async watch(folder: string): Promise<void> {
        const own = await mkdtemp(join(folder, "disk-"));
        const file = await open(join(own, "write"), "w");
        while (this.isWatched) {
            const from = Date.now();
            // In the same place each time, as etcd writes into a file that has its size from the start.
            await file.write("x", 0);
            await file.datasync();
            const to = Date.now();
            if (to - from >= shortestMilliseconds) {
                this.standstills.push({ from, to });
            }
            await pause(pauseMilliseconds);
        }
        await file.close();
        await rm(own, { recursive: true });
    }
}
