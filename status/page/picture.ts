import { type Health, healthOf } from "../finding";
import type { MemberRow, NodeRow } from "../nodeRows";
import type { Status } from "../status";
import { type Box, boxSvg, edgeSvg, labelSvg, squareSvg } from "./shapes";

/** Width of the picture in its own units; it scales with the page. */
export const pictureWidth = 960;

const gap = 16;
const rowGap = 56;
const boxHeight = 52;
const memberHeight = 30;
const widestBox = 230;
const workersPerRow = 6;
/** More workers than this are squares without names. */
const namedWorkers = 24;
const square = 18;

/** The cluster as one SVG: load balancers on top, control planes with etcd, workers below. */
export function picture(status: Status): string {
    const controlPlanes = status.nodes.filter(({ role }) => role === "control-plane");
    const isStacked = controlPlanes.some(({ name }) => status.etcd.some((member) => member.name === name));
    const top = row(topBoxes(status), 28);
    const middle = row(
        controlPlanes.map((node) => nodeBox(node, status, isStacked)),
        28 + boxHeight + rowGap,
    );
    const members = isStacked ? [] : row(status.etcd.map(memberBox(status)), bottom(middle) + rowGap);
    const workers = status.nodes.filter(({ role }) => role !== "control-plane");
    const workersTop = bottom([...middle, ...members]) + rowGap;
    const workerShapes =
        workers.length > namedWorkers ? squares(workers, status, workersTop) : named(workers, status, workersTop);
    const height = Math.max(workerShapes.bottom, bottom([...middle, ...members])) + gap;
    return [
        `<svg viewBox="0 0 ${pictureWidth} ${height}" role="img" aria-label="picture of the cluster">`,
        ...edges(top, middle, status),
        ...between(middle, members),
        labelSvg(top, status.loadBalancers.length > 0 ? "load balancer" : "endpoint"),
        labelSvg(middle, count(controlPlanes.length, "control plane")),
        labelSvg(members, count(members.length, "etcd member")),
        ...(workers.length === 0 ? [] : [labelSvg([{ y: workersTop }], count(workers.length, "worker"))]),
        ...[...top, ...middle, ...members].map(boxSvg),
        ...workerShapes.svg,
        "</svg>",
    ].join("\n");
}

function count(number: number, what: string): string {
    return number === 1 ? what : `${number} ${what}s`;
}

/** The health of a machine in all sections. */
function health(status: Status, name: string): Health {
    return healthOf(status.findings.filter(({ subject }) => subject === name));
}

function findings(status: Status, name: string): string[] {
    return status.findings.filter(({ subject }) => subject === name).map(({ what }) => what);
}

function topBoxes(status: Status): Omit<Box, "x" | "y" | "width">[] {
    const balancers = status.loadBalancers.map(({ name }) => ({
        name,
        health: health(status, name),
        lines: [status.endpoint],
        hints: findings(status, name),
        height: boxHeight,
    }));
    const isWrong = status.backends.length === 0 && healthOf(status.findings) !== "healthy";
    const endpoint = { name: status.endpoint, lines: [], hints: [], height: boxHeight };
    return balancers.length > 0 ? balancers : [{ ...endpoint, health: isWrong ? "unknown" : "healthy" }];
}

function nodeBox(node: NodeRow, status: Status, isStacked: boolean): Omit<Box, "x" | "y" | "width"> {
    const member = isStacked ? status.etcd.find(({ name }) => name === node.name) : undefined;
    return {
        name: node.name,
        health: health(status, node.name),
        lines: [[node.state, node.kubelet, node.isSchedulable ? "" : "cordoned"].filter(Boolean).join(" · ")],
        hints: findings(status, node.name),
        height: boxHeight + (member === undefined ? 0 : memberHeight),
        ...(member === undefined ? {} : { member: { health: member.health, state: member.state } }),
    };
}

function memberBox(status: Status) {
    return ({ name, state, version }: MemberRow): Omit<Box, "x" | "y" | "width"> => ({
        name,
        health: health(status, name),
        lines: [[state, version].filter(Boolean).join(" · ")],
        hints: findings(status, name),
        height: boxHeight,
    });
}

/** Boxes side by side in the middle of the picture. */
function row(boxes: readonly Omit<Box, "x" | "y" | "width">[], y: number, perRow = boxes.length): Box[] {
    const width = Math.min(widestBox, (pictureWidth - gap * (perRow + 1)) / Math.max(perRow, 1));
    const start = (pictureWidth - boxes.length * (width + gap) + gap) / 2;
    return boxes.map((box, index) => ({ ...box, width, y, x: start + index * (width + gap) }));
}

function bottom(boxes: readonly Box[]): number {
    return Math.max(0, ...boxes.map(({ y, height }) => y + height));
}

/** From each load balancer to the API servers, as it sees them. */
function edges(top: readonly Box[], middle: readonly Box[], status: Status): string[] {
    return top.flatMap((from) =>
        middle.map((to) => {
            const backend = status.backends.find((each) => each.loadBalancer === from.name && each.name === to.name);
            return edgeSvg(from, to, backend?.health ?? "unknown");
        }),
    );
}

function between(middle: readonly Box[], members: readonly Box[]): string[] {
    return middle.flatMap((from) => members.map((to) => edgeSvg(from, to, to.health)));
}

interface Shapes {
    readonly svg: readonly string[];
    readonly bottom: number;
}

function named(workers: readonly NodeRow[], status: Status, top: number): Shapes {
    const boxes: Box[] = [];
    for (let index = 0; index < workers.length; index += workersPerRow) {
        const part = workers.slice(index, index + workersPerRow).map((node) => nodeBox(node, status, false));
        const perRow = Math.min(workers.length, workersPerRow);
        boxes.push(...row(part, top + (index / workersPerRow) * (boxHeight + gap), perRow));
    }
    return { svg: boxes.map(boxSvg), bottom: bottom(boxes) };
}

function squares(workers: readonly NodeRow[], status: Status, top: number): Shapes {
    const perRow = Math.floor((pictureWidth - 2 * gap) / (square + 4));
    const svg = workers.map(({ name }, index) => {
        const x = gap + (index % perRow) * (square + 4);
        const y = top + Math.floor(index / perRow) * (square + 4);
        return squareSvg({ name, health: health(status, name), hints: findings(status, name), x, y, size: square });
    });
    return { svg, bottom: top + Math.ceil(workers.length / perRow) * (square + 4) };
}
