import { software } from "../components/software";
import { awsVpc } from "./awsReaders";
import type { ClusterConfig } from "./clusterConfig";
import { autoscalingPools, poolsOf } from "./pools";
import { etcdSnapshots } from "./snapshots";

/** The configuration of a stack with the defaults of what is not given. */
export function withDefaults(stack: string, given: Partial<ClusterConfig>): ClusterConfig {
    const config: ClusterConfig = {
        platform: "local",
        clusterName: stack,
        kubernetesVersion: software.kubernetes,
        controlPlaneNodes: 3,
        etcd: "stacked",
        etcdNodes: 3,
        workerNodes: 2,
        workerPools: {},
        withoutNodes: [],
        replace: [],
        workerMaxUnavailable: "10%",
        podSubnet: "10.244.0.0/16",
        serviceSubnet: "10.96.0.0/12",
        dnsDomain: "cluster.local",
        certSANs: [],
        apiServerExtraArgs: {},
        controllerManagerExtraArgs: {},
        schedulerExtraArgs: {},
        etcdExtraArgs: {},
        extraVolumes: {},
        extraEnvs: {},
        kubelet: {},
        kubeProxy: {},
        kubeProxyMode: "auto",
        controlPlaneLabels: {},
        workerLabels: {},
        controlPlaneTaints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
        workerTaints: [],
        nodes: {},
        patches: {},
        cni: "flannel",
        allowCgroupV1: (given.platform ?? "local") === "local",
        containerd: "",
        registryMirrors: {},
        haproxy: {},
        renewCertificatesBefore: 90,
        etcdSnapshots: etcdSnapshots({}),
        localSubnet: "172.30.0.0/24",
        localApiPort: 16443,
        hosts: {},
        awsZones: [],
        awsVpc: awsVpc({}),
        awsAllowedCidrs: [],
        awsPublicEndpoint: false,
        awsArchitecture: "arm64",
        awsImage: "debian-13",
        awsMachines: {},
        awsAddons: [],
        ...given,
    };
    const hasWorkers =
        poolsOf(config).some(({ role, nodes }) => role === "worker" && nodes.length > 0) ||
        autoscalingPools(config).length > 0;
    return hasWorkers || given.controlPlaneTaints !== undefined ? config : { ...config, controlPlaneTaints: [] };
}
