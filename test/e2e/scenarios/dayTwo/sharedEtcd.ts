import { newCluster } from "../../support/clusters";

/** The cluster with external etcd, whose members change. */
export const cluster = newCluster("e2e-etcd", {
    platform: "local",
    etcd: "external",
    etcdNodes: 3,
    controlPlaneNodes: 1,
    workerNodes: 0,
    localSubnet: "172.31.244.0/24",
    localApiPort: 27444,
});
