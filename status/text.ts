import type { Finding, Health, Severity } from "./finding";
import type { Status } from "./status";
import { split, type Table, tables } from "./tables";

const words: Readonly<Record<Health, string>> = { healthy: "ok", wrong: "WRONG", unknown: "?" };

const headings: Readonly<Record<Severity, string>> = {
    wrong: "WRONG",
    unknown: "COULD NOT BE LEARNT",
    note: "GOOD TO KNOW",
};

/** The status as a person reads it in a terminal. */
export function text(status: Status): string {
    const severities: readonly Severity[] = ["wrong", "unknown", "note"];
    const parts = [
        `${status.cluster}: ${summary(status)}`,
        ...tables(status).map(tableText),
        ...severities.map((severity) => findingsText(severity, status.findings)),
    ];
    return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** The whole status in some words. */
export function summary({ findings }: Pick<Status, "findings">): string {
    const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
    const [wrong, unknown] = [count("wrong"), count("unknown")];
    const parts = [
        ...(wrong === 0 ? [] : [`${things(wrong)} wrong`]),
        ...(unknown === 0 ? [] : [`${unknown} could not be learnt`]),
    ];
    return parts.length === 0 ? "healthy" : parts.join(", ");
}

function things(count: number): string {
    return count === 1 ? "1 thing is" : `${count} things are`;
}

function tableText(table: Table): string {
    const [machine = "", ...others] = table.columns;
    const { shown, healthy } = split(table);
    const lines = [
        [machine, "health", ...others].map((column) => column.toUpperCase()),
        ...shown.map(({ health, cells: [name = "", ...cells] }) => [name, words[health], ...cells]),
    ].map((line) => line.map((cell) => (cell === "" ? "-" : cell)));
    const more = healthy.length === 0 ? [] : [`${healthy.length} more are ok`];
    return [table.title, ...aligned(lines), ...more].join("\n");
}

/** Lines whose columns are as wide as their widest cell. */
function aligned(lines: readonly (readonly string[])[]): string[] {
    const widths = (lines[0] ?? []).map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
    return lines.map((line) =>
        line
            .map((cell, index) => cell.padEnd(widths[index] ?? 0))
            .join("  ")
            .trimEnd(),
    );
}

function findingsText(severity: Severity, findings: readonly Finding[]): string {
    const own = findings.filter((finding) => finding.severity === severity);
    if (own.length === 0) {
        return "";
    }
    const lines = own.map(({ subject, what, repair }) => `  ${subject}: ${what}\n      ${repair}`);
    return [headings[severity], ...lines].join("\n");
}
