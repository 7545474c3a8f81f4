import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../../config";
import type { ClusterConfig } from "../../config/clusterConfig";

/** The configuration of stack dev from plain values, handed over as Pulumi does: lists and maps as JSON, all else as text. */
export function configOf(given: Record<string, unknown>): ClusterConfig {
    const texts = Object.entries(given).map(([key, value]): [string, string] => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return parseConfig("dev", Object.fromEntries(texts));
}

/** What is wrong with a configuration: the lines of the error below its heading. */
export function problemsOf(given: Record<string, unknown>): string[] {
    try {
        configOf(given);
    } catch (error) {
        assert.ok(error instanceof pulumi.RunError);
        return error.message.split("\n  ").slice(1);
    }
    return [];
}
