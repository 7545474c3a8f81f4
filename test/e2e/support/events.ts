import { existsSync, readFileSync } from "node:fs";

/** What the engine did with one resource. */
export interface Step {
    /** create, update, replace, delete. */
    readonly op: string;
    readonly type: string;
    readonly name: string;
    /** Places in the order of all events; no end when it failed or was cut off. */
    readonly began: number;
    readonly ended: number | undefined;
}

/** The part of the engine's events that matters here, see apitype.EngineEvent of Pulumi. */
interface EngineEvent {
    readonly sequence: number;
    readonly resourcePreEvent?: { readonly metadata: Metadata };
    readonly resOutputsEvent?: { readonly metadata: Metadata };
}

interface Metadata {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
}

/** The file that `pulumi up --event-log FILE` writes. */
export class EventLog {
    constructor(readonly file: string) {}

    /** The steps so far that are more than a look, in their order. */
    steps(): Step[] {
        const events = this.events();
        return events.flatMap(({ sequence, resourcePreEvent }) => {
            if (resourcePreEvent === undefined || ["same", "read", "refresh"].includes(resourcePreEvent.metadata.op)) {
                return [];
            }
            const { op, type, urn } = resourcePreEvent.metadata;
            const end = events.find(
                ({ resOutputsEvent: after }) => after?.metadata.urn === urn && after.metadata.op === op,
            );
            return [{ op, type, name: urn.slice(urn.lastIndexOf("::") + 2), began: sequence, ended: end?.sequence }];
        });
    }

    /** "op name" of each step that ran a command or made something: components and their own summaries are left out. */
    work(): string[] {
        return this.steps()
            .filter(({ type }) => !type.startsWith("kubeadm:") && !type.startsWith("pulumi:"))
            .map(({ op, name }) => `${op} ${name}`);
    }

    /** Whether a resource's step has begun. */
    began(name: string): boolean {
        return this.steps().some((step) => step.name === name);
    }

    private events(): EngineEvent[] {
        if (!existsSync(this.file)) {
            return [];
        }
        // An engine that was killed leaves half a line.
        const lines = readFileSync(this.file, "utf8").split("\n").slice(0, -1);
        return lines.map((line) => JSON.parse(line) as EngineEvent);
    }
}
