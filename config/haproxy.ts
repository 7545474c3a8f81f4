import type { ClusterConfig } from "./clusterConfig";
import { loadBalancer, machinesInFront } from "./hosts";
import { mapWith, type Reader, textMap } from "./readers";

const places = ["global", "defaults", "frontend", "backend", "sections"] as const;

/**
 * Lines for sections of haproxy.cfg by what HAProxy calls these, where `frontend` and `backend` are those of the API server;
 * `sections` are whole ones.
 */
export type HaproxySettings = Readonly<Partial<Record<(typeof places)[number], string>>>;

/** Names of the sections that the program writes. */
const ownNames = ["kubernetes", "control-planes", "statistics"];

/** What begins a section. https://docs.haproxy.org/3.0/configuration.html */
const headings = [
    "backend",
    "cache",
    "crt-store",
    "defaults",
    "fcgi-app",
    "frontend",
    "global",
    "http-errors",
    "listen",
    "log-forward",
    "mailers",
    "peers",
    "program",
    "resolvers",
    "ring",
    "traces",
    "userlist",
];

/** A map of places in haproxy.cfg to their lines. */
export const haproxy: Reader<HaproxySettings> = (value) => textMap(mapWith("its sections are", places, value));

/** There is an HAProxy, and lines stay in their section. What it takes itself, it says on its machine. */
export function haproxyRules(config: ClusterConfig): string[] {
    const { sections, ...lines } = config.haproxy;
    if (Object.keys(config.haproxy).length > 0 && !machinesInFront(config).includes(loadBalancer)) {
        return ["haproxy: this cluster has no HAProxy of the program's; leave it out, and set up your load balancer"];
    }
    return [
        ...Object.entries(lines).flatMap(([place, text]) =>
            wordsOf(text)
                .filter(([word = ""]) => headings.includes(word))
                .map((words) => `haproxy: ${place}: "${words.join(" ")}" begins a section; put it under sections`),
        ),
        ...sectionProblems(wordsOf(sections ?? "")),
    ];
}

function sectionProblems(lines: readonly string[][]): string[] {
    const [first] = lines;
    return [
        ...(first === undefined || headings.includes(first[0] ?? "")
            ? []
            : [
                  `haproxy: sections: "${first.join(" ")}" is in no section; begin with one, for example frontend metrics`,
              ]),
        ...lines
            .filter(([word = "", name = ""]) => headings.includes(word) && ownNames.includes(name))
            .map((words) => `haproxy: sections: ${words.join(" ")} is the program's; give it another name`),
    ];
}

/** The words of each line that has any. */
function wordsOf(text: string): string[][] {
    return text
        .split("\n")
        .map((line) => line.replace(/#.*/, "").trim())
        .filter((line) => line !== "")
        .map((line) => line.split(/\s+/));
}
