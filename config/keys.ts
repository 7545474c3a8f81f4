import { apiServerPort } from "../components/ports";
import { awsBastion } from "./awsBastion";
import { awsMachines, awsVpc } from "./awsReaders";
import type { ClusterConfig } from "./clusterConfig";
import { haproxy } from "./haproxy";
import { hosts } from "./hosts";
import { didYouMean } from "./names";
import { workerPoolMap } from "./poolReader";
import {
    anyMap,
    extraArgs,
    messageOf,
    nodeSettingsMap,
    oneOf,
    type Reader,
    text,
    textList,
    textMap,
    trueOrFalse,
    wholeNumber,
} from "./readers";
import { registryMirrors } from "./registryMirrors";
import { etcdSnapshots } from "./snapshots";
import { extraEnvs, extraVolumes } from "./staticPods";

const readers: { readonly [Key in keyof ClusterConfig]-?: Reader<NonNullable<ClusterConfig[Key]>> } = {
    platform: oneOf(["local", "hosts", "aws"]),
    clusterName: text,
    kubernetesVersion: text,
    controlPlaneNodes: wholeNumber,
    etcd: oneOf(["stacked", "external"]),
    etcdNodes: wholeNumber,
    workerNodes: wholeNumber,
    workerPools: workerPoolMap,
    withoutNodes: textList,
    replace: textList,
    workerMaxUnavailable: text,
    controlPlaneEndpoint: (value) => withPort(text(value)),
    podSubnet: text,
    serviceSubnet: text,
    dnsDomain: text,
    certSANs: textList,
    apiServerExtraArgs: extraArgs,
    controllerManagerExtraArgs: extraArgs,
    schedulerExtraArgs: extraArgs,
    etcdExtraArgs: extraArgs,
    extraVolumes,
    extraEnvs,
    kubelet: anyMap,
    kubeProxy: anyMap,
    kubeProxyMode: oneOf(["auto", "nftables", "iptables"], {
        ipvs: "is deprecated since Kubernetes 1.35 and will be removed; use nftables",
    }),
    controlPlaneLabels: textMap,
    workerLabels: textMap,
    controlPlaneTaints: textList,
    workerTaints: textList,
    nodes: nodeSettingsMap,
    patches: textMap,
    cni: oneOf(["flannel", "none"]),
    allowCgroupV1: trueOrFalse,
    containerd: text,
    registryMirrors,
    haproxy,
    renewCertificatesBefore: wholeNumber,
    etcdSnapshots,
    restoreFrom: text,
    localSubnet: text,
    localApiPort: wholeNumber,
    hosts,
    hostsKey: text,
    hostsBastion: oneOf(["load-balancer", "admin"]),
    awsZones: textList,
    awsVpc,
    awsAllowedCidrs: textList,
    awsBastion,
    awsBastionKey: text,
    awsPublicEndpoint: trueOrFalse,
    awsArchitecture: oneOf(["arm64", "amd64"]),
    awsImage: text,
    awsMachines,
    awsAddons: (value) => textList(value).map((name) => oneOf(["cloud-controller", "ecr", "ebs-csi"])(name)),
    mirror: (value) => text(value).replace(/\/+$/, ""),
};

/** The keys of the configuration. */
export const configKeys: readonly string[] = Object.keys(readers);

/** What the texts by key give, and what is wrong with the others. */
export function readKeys(texts: Readonly<Record<string, string>>): {
    given: Partial<ClusterConfig>;
    problems: string[];
} {
    const given: [string, unknown][] = [];
    const problems: string[] = [];
    for (const [key, value] of Object.entries(texts).filter(([, value]) => value !== "" && value !== "{}")) {
        if (!isKey(key)) {
            problems.push(unknownKey(key));
            continue;
        }
        try {
            given.push([key, readers[key](value)]);
        } catch (error) {
            problems.push(`${key}: ${messageOf(error)}`);
        }
    }
    return { given: Object.fromEntries(given), problems };
}

function isKey(key: string): key is keyof ClusterConfig {
    return configKeys.includes(key);
}

function unknownKey(key: string): string {
    return `unknown key ${key}; ${didYouMean(key, configKeys, "docs/configuration.md has all keys")}`;
}

function withPort(endpoint: string): string {
    return endpoint.includes(":") ? endpoint : `${endpoint}:${apiServerPort}`;
}
