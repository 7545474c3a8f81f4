import { newCluster } from "./clusters";
import { CommandLines } from "./processes";

/** The cluster that most scenarios share. */
export const cluster = newCluster("e2e", {
    platform: "local",
    controlPlaneNodes: 3,
    workerNodes: 2,
    localSubnet: "172.31.240.0/24",
    localApiPort: 27443,
    apiServerExtraArgs: { "max-requests-inflight": "800" },
});

/** The names of its nodes. */
export const nodes = ["control-plane-1", "control-plane-2", "control-plane-3", "worker-1", "worker-2"];

/** What could be read with `ps` while the tests ran. */
export const commandLines = new CommandLines();

after(() => {
    commandLines.stop();
});
