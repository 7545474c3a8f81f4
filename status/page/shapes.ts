import type { Health } from "../finding";
import { escape } from "./escape";

/** A machine in the picture. */
export interface Box {
    readonly name: string;
    readonly health: Health;
    /** Below the name. */
    readonly lines: readonly string[];
    /** Shown when the pointer is on it. */
    readonly hints: readonly string[];
    /** The member of etcd that runs on it. */
    readonly member?: { readonly health: Health; readonly state: string };
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
}

/** Signs beside the colours, for those who do not tell them apart. */
export const signs: Readonly<Record<Health, string>> = { healthy: "✓", wrong: "✕", unknown: "?" };

/** Widths of letters in names and in the lines below them. */
const nameLetter = 8.4;
const lineLetter = 6.8;

export function boxSvg({ name, health, lines, hints, member, x, y, width, height }: Box): string {
    return [
        `<g class="box ${health}">`,
        `<title>${escape([name, ...hints].join("\n"))}</title>`,
        `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="8"/>`,
        `<text class="name" x="${px(x + 14)}" y="${px(y + 22)}">${escape(short(name, (width - 46) / nameLetter))}</text>`,
        ...lines.map(
            (line, index) =>
                `<text class="line" x="${px(x + 14)}" y="${px(y + 40 + 16 * index)}">${escape(short(line, (width - 20) / lineLetter))}</text>`,
        ),
        `<text class="sign" x="${px(x + width - 16)}" y="${px(y + 22)}">${signs[health]}</text>`,
        ...(member === undefined ? [] : memberSvg(member, x, y + height, width)),
        "</g>",
    ].join("");
}

function memberSvg({ health, state }: NonNullable<Box["member"]>, x: number, bottom: number, width: number): string[] {
    const text = `etcd · ${state}`;
    const fits = text.length <= (width - 44) / lineLetter;
    return [
        `<g class="member ${health}">`,
        `<rect x="${px(x + 8)}" y="${px(bottom - 30)}" width="${px(width - 16)}" height="22" rx="5"/>`,
        `<text class="line" x="${px(x + 16)}" y="${px(bottom - 15)}">${escape(fits ? text : state)}</text>`,
        `<text class="sign" x="${px(x + width - 20)}" y="${px(bottom - 14)}">${signs[health]}</text>`,
        "</g>",
    ];
}

/** A connection from the lower edge of one box to the upper edge of another. */
export function edgeSvg(from: Box, to: Box, health: Health): string {
    const [startX, startY] = [from.x + from.width / 2, from.y + from.height];
    const endX = to.x + to.width / 2;
    const middle = (startY + to.y) / 2;
    const curve = `M${px(startX)} ${px(startY)}C${px(startX)} ${px(middle)} ${px(endX)} ${px(middle)} ${px(endX)} ${px(to.y)}`;
    return `<path class="edge ${health}" d="${curve}"/>`;
}

/** The heading of a row of boxes. */
export function labelSvg(boxes: readonly Pick<Box, "y">[], text: string): string {
    const [first] = boxes;
    return first === undefined ? "" : `<text class="label" x="16" y="${px(first.y - 10)}">${escape(text)}</text>`;
}

/** A machine that is one of many. */
export function squareSvg(args: {
    readonly name: string;
    readonly health: Health;
    readonly hints: readonly string[];
    readonly x: number;
    readonly y: number;
    readonly size: number;
}): string {
    const { name, health, hints, x, y, size } = args;
    const title = `<title>${escape([name, ...hints].join("\n"))}</title>`;
    const rect = `<rect x="${px(x)}" y="${px(y)}" width="${size}" height="${size}" rx="3"/>`;
    const sign =
        health === "healthy"
            ? ""
            : `<text class="sign" x="${px(x + size / 2)}" y="${px(y + 14)}">${signs[health]}</text>`;
    return `<g class="square ${health}">${title}${rect}${sign}</g>`;
}

/** A text of at most so many letters. Names differ at their ends. */
export function short(text: string, letters: number): string {
    const kept = Math.max(2, Math.floor(letters) - 1);
    return text.length > letters ? `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(-Math.floor(kept / 2))}` : text;
}

function px(value: number): string {
    return String(Math.round(value * 10) / 10);
}
