import { type NodeObject, withoutV } from "../nodeObject";
import { type Described, type DescribedMachine, nodesOf } from "../described";
import type { Finding } from "../finding";
import { valueOf } from "../learnt";
import { reportOf, type Seen } from "../seen";
import type { Rule } from "./rule";

const componentNames = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** Nodes that are missing, strange, not Ready, short of something, or of another version than described. */
export const nodeRule: Rule = (described, seen) => {
    const nodes = valueOf(seen.api);
    return [
        ...apiAnswers(described, seen),
        ...(nodes === undefined ? [] : [...strangers(described, nodes), ...conditions(described, nodes)]),
        ...nodesOf(described).flatMap((machine) => [...versions(machine, seen), ...components(machine, seen)]),
    ];
};

/** An API that does not answer is wrong; but when no machine answers either, this computer may be the one cut off. */
function apiAnswers({ endpoint }: Described, { api, isCutOff, machines }: Seen): Finding[] {
    if (!("problem" in api)) {
        return [];
    }
    const isReached = [...machines.values()].some((learnt) => "value" in learnt);
    return [
        {
            severity: isReached && !isCutOff ? "wrong" : "unknown",
            section: "cluster",
            subject: "cluster",
            what: `the API server does not answer: ${api.problem}`,
            repair: `see the load balancers and control planes below; nodes reach it at ${endpoint}`,
        },
    ];
}

function strangers(described: Described, nodes: readonly NodeObject[]): Finding[] {
    const names = nodesOf(described).map(({ name }) => name);
    return nodes
        .filter(({ name }) => !names.includes(name))
        .flatMap((node): Finding[] => {
            const finding = { severity: "wrong", section: "nodes", subject: node.name } as const;
            const removal = `npm run kubectl -- delete node ${node.name}`;
            if (!described.autoscalingPools.includes(node.selfJoinedFor)) {
                const what = "is a node of the cluster that nobody described";
                const repair = `npm start, if an update was interrupted; else find out who joined it; if its machine is gone: ${removal}`;
                return [{ ...finding, what, repair }];
            }
            if (!node.isReady) {
                const repair = `see its console; if its instance has ended: ${removal}`;
                return [{ ...finding, what: notReady(node), repair }];
            }
            const version = nodesOf(described).find(({ role }) => role === "control-plane")?.version;
            const old: Finding = {
                ...finding,
                severity: "note",
                what: `kubelet ${node.kubeletVersion} runs, and ${version ?? "none"} is described`,
                repair: "AWS renews the instances of its pool one by one; if it does not, see the group's instance refresh",
            };
            return [...shortages(node), ...(node.kubeletVersion === version ? [] : [old])];
        });
}

function shortages({ name: subject, pressures }: NodeObject): Finding[] {
    const repair = `npm run kubectl -- describe node ${subject}; until it is over, pods are evicted or no new ones come`;
    return pressures.map((what) => ({ severity: "wrong", section: "nodes", subject, what, repair }));
}

function notReady({ message }: NodeObject): string {
    return `is not Ready: ${message || "it never was"}`;
}

function conditions(described: Described, nodes: readonly NodeObject[]): Finding[] {
    return nodesOf(described).flatMap(({ name: subject }): Finding[] => {
        const node = nodes.find(({ name }) => name === subject);
        const finding = { section: "nodes", subject } as const;
        if (node === undefined) {
            const what = "is described and no node of the cluster";
            return [{ ...finding, severity: "wrong", what, repair: "npm start joins it" }];
        }
        const broken: Finding = {
            ...finding,
            severity: "wrong",
            what: notReady(node),
            repair: "journalctl -u kubelet, on the machine",
        };
        const cordoned: Finding = {
            ...finding,
            severity: "note",
            what: "takes no new pods (cordoned)",
            repair: `when it may: npm run kubectl -- uncordon ${subject}`,
        };
        return [...(node.isReady ? [] : [broken]), ...shortages(node), ...(node.isSchedulable ? [] : [cordoned])];
    });
}

/** The kubelet of a machine that does not answer is known from the API. */
export function kubeletVersion({ name }: DescribedMachine, seen: Seen): string {
    const reported = reportOf(seen, name)?.services.find((service) => service.name === "kubelet")?.running;
    return reported ?? valueOf(seen.api)?.find((node) => node.name === name)?.kubeletVersion ?? "";
}

function versions(machine: DescribedMachine, seen: Seen): Finding[] {
    const running = [
        ["kubelet", kubeletVersion(machine, seen)],
        ...(reportOf(seen, machine.name)?.components ?? []).map(({ name, tag }) => [name, withoutV(tag)]),
    ];
    return running
        .filter(([, version]) => version !== "" && version !== machine.version)
        .map(([name = "", version = ""]) => ({
            severity: "wrong",
            section: "nodes",
            subject: machine.name,
            what: `${name} ${version} runs, and ${machine.version ?? "none"} is described`,
            repair: "npm start brings it to the described version",
        }));
}

function components({ name: subject, role }: DescribedMachine, seen: Seen): Finding[] {
    const report = reportOf(seen, subject);
    if (role !== "control-plane" || report === undefined) {
        return [];
    }
    return componentNames.flatMap((component): Finding[] => {
        const found = report.components.find(({ name }) => name === component);
        const repair = `its last words are on the machine, in /var/log/pods/kube-system_${component}-${subject}_*`;
        const what = `${component} ${found === undefined ? "does not run" : "is not ready"}`;
        return found?.isReady === true ? [] : [{ severity: "wrong", section: "nodes", subject, what, repair }];
    });
}
