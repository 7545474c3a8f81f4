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

/** Operations that change nothing. */
const looks = ["same", "read", "refresh"];
/** The two halves of "replace", which the engine names beside it. */
const halves = ["create-replacement", "delete-replaced"];

/** "op name" of all of the steps of a replacement. */
export function replacing(name: string): string[] {
    return ["replace", ...halves].map((op) => `${op} ${name}`);
}

/** "op name" of steps that are more than a look, sorted; a replacement is one. */
export function operationsOf(steps: readonly { readonly op: string; readonly name: string }[]): string[] {
    return steps
        .filter(({ op }) => ![...looks, ...halves].includes(op))
        .map(({ op, name }) => `${op} ${name}`)
        .sort();
}

/** The name at the end of a URN. */
export function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The file that `pulumi up --event-log FILE` writes. */
export class EventLog {
    constructor(readonly file: string) {}

    /** The steps so far that are more than a look, in their order. */
    steps(): Step[] {
        const events = this.events();
        return events.flatMap(({ sequence, resourcePreEvent }) => {
            if (resourcePreEvent === undefined || looks.includes(resourcePreEvent.metadata.op)) {
                return [];
            }
            const { op, type, urn } = resourcePreEvent.metadata;
            const end = events.find(
                ({ resOutputsEvent: after }) => after?.metadata.urn === urn && after.metadata.op === op,
            );
            return [{ op, type, name: nameOf(urn), began: sequence, ended: end?.sequence }];
        });
    }

    /** "op name" of each step that ran a command or made something: components and their own summaries are left out. */
    work(): string[] {
        return this.steps()
            .filter(({ type }) => !type.startsWith("kubeadm:") && !type.startsWith("pulumi:"))
            .map(({ op, name }) => `${op} ${name}`);
    }

    /** "op name" of every step that is more than a look, sorted: what a preview predicts. */
    operations(): string[] {
        return operationsOf(this.steps());
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
