/** The style of the page, for light and dark screens and for paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f5f8; --card: #ffffff; --ink: #1b2330; --quiet: #5d687a; --line: #dce0e8;
  --healthy: #17784f; --healthy-fill: #e8f5ee; --healthy-line: #8fcbb0;
  --wrong: #b3261e; --wrong-fill: #fdecea; --wrong-line: #e39a94;
  --unknown: #8a5300; --unknown-fill: #fff4df; --unknown-line: #e0b566;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d; --card: #1a202a; --ink: #e6eaf1; --quiet: #97a3b6; --line: #2d3645;
    --healthy: #6fd3a4; --healthy-fill: #17302a; --healthy-line: #2f6d55;
    --wrong: #ff9a91; --wrong-fill: #3a1d1f; --wrong-line: #8f423d;
    --unknown: #f2c46c; --unknown-fill: #362b17; --unknown-line: #7d6126;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 32px 20px 48px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1040px; margin: 0 auto; display: grid; gap: 20px; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; }
h2 { margin: 0 0 12px; font-size: 16px; }
h2::first-letter { text-transform: uppercase; }
.quiet { color: var(--quiet); }
header .quiet { flex-basis: 100%; font-size: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px; min-width: 0; }
.badge { padding: 3px 12px; border-radius: 999px; border: 1px solid; font-weight: 600; font-size: 14px; }
.badge.healthy, td .healthy { color: var(--healthy); } .badge.healthy { background: var(--healthy-fill); border-color: var(--healthy-line); }
.badge.wrong, td .wrong { color: var(--wrong); } .badge.wrong { background: var(--wrong-fill); border-color: var(--wrong-line); }
.badge.unknown, td .unknown { color: var(--unknown); } .badge.unknown { background: var(--unknown-fill); border-color: var(--unknown-line); }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 10px; }
li { border-left: 4px solid var(--line); padding: 2px 0 2px 14px; overflow-wrap: anywhere; }
li.wrong { border-color: var(--wrong); } li.unknown { border-color: var(--unknown); }
li .quiet { display: block; font-size: 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 7px 18px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
td:first-child { font-weight: 600; white-space: nowrap; }
td span { white-space: nowrap; font-weight: 600; }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--quiet); }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
svg text { fill: var(--ink); }
svg .name { font-size: 14px; font-weight: 600; }
svg .line { font-size: 12.5px; fill: var(--quiet); }
svg .label { font-size: 12.5px; fill: var(--quiet); stroke: var(--card); stroke-width: 6; paint-order: stroke; }
svg .sign { font-size: 14px; font-weight: 700; text-anchor: middle; }
svg .box > rect, svg .square > rect { stroke-width: 1.5; }
svg .member > rect { fill: var(--card); }
svg .edge { fill: none; stroke-width: 2; }
${["healthy", "wrong", "unknown"].map(shapesOf).join("\n")}
footer { color: var(--quiet); font-size: 13px; text-align: center; }
@media print { body { background: none; padding: 0; } .card { break-inside: avoid; } }
`;

function shapesOf(health: string): string {
    return [
        `svg .${health} > rect { fill: var(--${health}-fill); stroke: var(--${health}-line); }`,
        `svg .${health} > .sign { fill: var(--${health}); }`,
        `svg .edge.${health} { stroke: var(--${health}-line); ${health === "healthy" ? "" : "stroke-dasharray: 5 5;"} }`,
    ].join("\n");
}
