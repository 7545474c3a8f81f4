import type { ApiClient } from "./apiClient";
import { pause } from "./command";

const object = "/api/v1/namespaces/default/configmaps/ledger";
const pauseMilliseconds = 100;

/** A number in the cluster that is counted up, one write after another, as long as it runs. */
export class Ledger {
    private isRunning = true;
    private attempted = 0;
    private acknowledged = 0;
    private readonly ended: Promise<void>;

    private constructor(
        private readonly api: ApiClient,
        first: number,
    ) {
        this.attempted = first;
        this.acknowledged = first;
        this.ended = this.count();
    }

    /** Goes on from what an earlier ledger left. */
    static async start(api: ApiClient): Promise<Ledger> {
        const before = await api.get(object).then(numberIn, () => 0);
        await api.apply(object, configMap(before));
        return new Ledger(api, before);
    }

    /** Stops counting; throws when the cluster holds another number than was acknowledged. */
    async stop(): Promise<void> {
        this.isRunning = false;
        await this.ended;
        const found = numberIn(await this.api.get(object));
        // A write without an answer may have been taken all the same.
        if (found !== this.acknowledged && found !== this.attempted) {
            throw new Error(`the cluster acknowledged ${this.acknowledged} and holds ${found}`);
        }
    }

    private async count(): Promise<void> {
        while (this.isRunning) {
            this.attempted = this.acknowledged + 1;
            try {
                const answered = numberIn(await this.api.apply(object, configMap(this.attempted)));
                this.acknowledged = answered;
            } catch {
                // The next turn writes the same number again.
            }
            await pause(pauseMilliseconds);
        }
    }
}

function configMap(number: number): unknown {
    return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "ledger" }, data: { number: String(number) } };
}

function numberIn(text: string): number {
    // The form of the object above.
    return Number((JSON.parse(text) as { data: { number: string } }).data.number);
}
