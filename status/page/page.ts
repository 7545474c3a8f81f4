import type { Finding, Health } from "../finding";
import type { CertificateRow } from "../machineRows";
import type { Status } from "../status";
import { split, type Table, tables } from "../tables";
import { summary } from "../text";
import { escape } from "./escape";
import { picture } from "./picture";
import { signs } from "./shapes";
import { style } from "./style";

const words: Readonly<Record<Health, string>> = { healthy: "ok", wrong: "wrong", unknown: "not learnt" };

/** The status as one HTML page that needs nothing else: no script, no file, no network. */
export function page(status: Status): string {
    const time = `${status.at.slice(0, 10)} ${status.at.slice(11, 19)} UTC`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`${status.cluster}: ${summary(status)}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escape(status.cluster)}</h1>
<span class="badge ${status.health}">${signs[status.health]} ${escape(summary(status))}</span>
<span class="quiet">${escape(`stack ${status.stack}, endpoint ${status.endpoint}, seen ${time}`)}</span>
</header>
<section class="card">
${picture(status)}
</section>
${findingsCard(status.findings)}
${tables(status)
    .map((table) => tableCard(table, table.title === "certificates" ? allCertificates(status.certificates) : ""))
    .join("\n")}
<footer>made by npm run status; run it again for another look</footer>
</main>
</body>
</html>
`;
}

function findingsCard(findings: readonly Finding[]): string {
    if (findings.length === 0) {
        return "";
    }
    const items = findings.map(
        ({ severity, subject, what, repair }) =>
            `<li class="${severity}"><strong>${escape(subject)}</strong> ${escape(what)}` +
            `<span class="quiet">${escape(repair)}</span></li>`,
    );
    return `<section class="card">
<h2>what there is to know</h2>
<ul>
${items.join("\n")}
</ul>
</section>`;
}

function tableCard(table: Table, more = ""): string {
    const { shown, healthy } = split(table);
    const summary = `${healthy.length} more are ok`;
    return `<section class="card">
<h2>${escape(table.title)}</h2>
${shown.length === 0 ? "" : tableHtml(table.columns, shown)}
${healthy.length === 0 ? "" : detailsHtml(summary, tableHtml(table.columns, healthy))}
${more}</section>`;
}

function tableHtml([machine = "", ...others]: readonly string[], rows: Table["rows"]): string {
    const headings = [machine, "health", ...others].map((column) => `<th>${escape(column)}</th>`);
    const lines = rows.map(({ health, cells: [name = "", ...cells] }) => {
        const data = [escape(name), healthCell(health), ...cells.map((cell) => escape(cell === "" ? "–" : cell))];
        return `<tr>${data.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
    });
    return `<div class="scroll"><table>
<thead><tr>${headings.join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table></div>`;
}

function detailsHtml(summary: string, content: string): string {
    return `<details><summary>${escape(summary)}</summary>
${content}
</details>`;
}

function healthCell(health: Health): string {
    return `<span class="${health}">${signs[health]} ${words[health]}</span>`;
}

function allCertificates(certificates: readonly CertificateRow[]): string {
    const rows = certificates.map(({ machine, file, health, end, daysLeft }) => ({
        health,
        cells: [machine, String(daysLeft ?? ""), end.slice(0, 10), file],
    }));
    const table = tableHtml(["machine", "days left", "ends", "file"], rows);
    return detailsHtml(`all ${certificates.length} certificates`, table);
}
