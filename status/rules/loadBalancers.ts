import type { Finding } from "../finding";
import { isUp } from "../report";
import { reportOf } from "../seen";
import type { Rule } from "./rule";

/** API servers that a load balancer does not lead to. */
export const loadBalancerRule: Rule = ({ machines }, seen) => {
    const controlPlanes = machines.filter(({ role }) => role === "control-plane").map(({ name }) => name);
    return machines
        .filter(({ role }) => role === "load-balancer")
        .flatMap(({ name: subject }): Finding[] => {
            const report = reportOf(seen, subject);
            if (report === undefined || report.services.some(({ state }) => state !== "active")) {
                return [];
            }
            if (report.problems.length > 0) {
                return [];
            }
            const finding = { severity: "wrong", section: "load balancers", subject } as const;
            const down = report.backends
                .filter((backend) => controlPlanes.includes(backend.name) && !isUp(backend))
                .map(({ name, state, check }) => ({
                    ...finding,
                    what: `does not send to ${name}: ${state}${check === "" ? "" : `, ${check}`}`,
                    repair: `see the API server of ${name}, and the way from the load balancer to its port 6443`,
                }));
            const names = report.backends.map(({ name }) => name);
            const missing = controlPlanes
                .filter((name) => !names.includes(name))
                .map((name) => ({
                    ...finding,
                    what: `does not know the control plane ${name}`,
                    repair: "npm start writes its configuration",
                }));
            const strange = names
                .filter((name) => !controlPlanes.includes(name))
                .map((name) => ({
                    ...finding,
                    what: `sends to ${name}, which is no control plane that is described`,
                    repair: "npm start writes its configuration",
                }));
            return [...down, ...missing, ...strange];
        });
};
