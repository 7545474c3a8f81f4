import assert from "node:assert/strict";
import { parse } from "yaml";
import {
    type ClusterConfigurationArgs,
    type JoinConfigurationArgs,
    clusterConfiguration,
    initConfiguration,
    joinConfiguration,
} from "../../components/kubeadmConfig";

const timeouts = {
    controlPlaneComponentHealthCheck: "6m0s",
    discovery: "5m0s",
    etcdAPICall: "5m0s",
    kubeletHealthCheck: "4m0s",
    kubernetesAPICall: "2m0s",
    tlsBootstrap: "5m0s",
};

// Flags that each API server has unless they are set.
const apiServerEnd = [
    { name: "shutdown-delay-duration", value: "4s" },
    { name: "shutdown-send-retry-after", value: "true" },
];

describe("clusterConfiguration", () => {
    it("describes the cluster in kubeadm's words", () => {
        assert.deepEqual(parse(clusterConfiguration(cluster())), {
            apiVersion: "kubeadm.k8s.io/v1beta4",
            kind: "ClusterConfiguration",
            kubernetesVersion: "v1.37.1",
            clusterName: "dev",
            controlPlaneEndpoint: "10.0.0.5:6443",
            networking: { podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/12", dnsDomain: "cluster.local" },
            encryptionAlgorithm: "ECDSA-P256",
            apiServer: { certSANs: ["127.0.0.1"], extraArgs: apiServerEnd },
            controllerManager: { extraArgs: [] },
            scheduler: { extraArgs: [] },
            etcd: { local: { dataDir: "/var/lib/etcd", extraArgs: [] } },
        });
    });

    it("tells API servers the members of external etcd, and with what to call them", () => {
        const { etcd } = parseParts(clusterConfiguration(cluster({ etcdEndpoints: ["https://10.0.0.31:2379"] })));

        assert.deepEqual(etcd, {
            external: {
                endpoints: ["https://10.0.0.31:2379"],
                caFile: "/etc/kubernetes/pki/etcd/ca.crt",
                certFile: "/etc/kubernetes/pki/apiserver-etcd-client.crt",
                keyFile: "/etc/kubernetes/pki/apiserver-etcd-client.key",
            },
        });
    });

    it("gives each component its own flags", () => {
        const document = clusterConfiguration(
            cluster({
                apiServerExtraArgs: { profiling: "false" },
                controllerManagerExtraArgs: { "leader-elect-lease-duration": "30s" },
                schedulerExtraArgs: { v: "2" },
                etcdExtraArgs: { "heartbeat-interval": "200" },
            }),
        );

        const { apiServer, controllerManager, scheduler, etcd } = parseParts(document);
        assert.deepEqual(apiServer?.extraArgs, [...apiServerEnd, { name: "profiling", value: "false" }]);
        assert.deepEqual(controllerManager?.extraArgs, [{ name: "leader-elect-lease-duration", value: "30s" }]);
        assert.deepEqual(scheduler?.extraArgs, [{ name: "v", value: "2" }]);
        assert.deepEqual(etcd?.local, {
            dataDir: "/var/lib/etcd",
            extraArgs: [{ name: "heartbeat-interval", value: "200" }],
        });
    });

    it("gives each component its own volumes and variables", () => {
        const mount = { name: "a", hostPath: "/a", mountPath: "/b", readOnly: true, pathType: "File" };

        const { apiServer, controllerManager, scheduler } = parseParts(
            clusterConfiguration(
                cluster({
                    extraVolumes: { apiServer: [mount], scheduler: [] },
                    extraEnvs: { scheduler: { B: "2", A: "1" } },
                }),
            ),
        );

        assert.deepEqual(apiServer, { certSANs: ["127.0.0.1"], extraArgs: apiServerEnd, extraVolumes: [mount] });
        assert.deepEqual(controllerManager, { extraArgs: [] });
        assert.deepEqual(scheduler, {
            extraArgs: [],
            extraEnvs: [
                { name: "A", value: "1" },
                { name: "B", value: "2" },
            ],
        });
    });

    it("sorts flags by name and keeps the order of a repeated one", () => {
        const apiServerExtraArgs = { "service-account-issuer": ["https://b", "https://a"], profiling: "false" };

        assert.deepEqual(parseParts(clusterConfiguration(cluster({ apiServerExtraArgs }))).apiServer?.extraArgs, [
            ...apiServerEnd,
            { name: "profiling", value: "false" },
            { name: "service-account-issuer", value: "https://b" },
            { name: "service-account-issuer", value: "https://a" },
        ]);
    });

    it("lets an API server's way to end be set", () => {
        const apiServerExtraArgs = { "shutdown-delay-duration": "20s" };

        assert.deepEqual(parseParts(clusterConfiguration(cluster({ apiServerExtraArgs }))).apiServer?.extraArgs, [
            { name: "shutdown-send-retry-after", value: "true" },
            { name: "shutdown-delay-duration", value: "20s" },
        ]);
    });
});

describe("initConfiguration", () => {
    it("describes the first control plane", () => {
        assert.deepEqual(parse(initConfiguration(node())), {
            apiVersion: "kubeadm.k8s.io/v1beta4",
            kind: "InitConfiguration",
            bootstrapTokens: [
                {
                    description: "Made by kubeadm init and not used.",
                    ttl: "1m0s",
                    usages: ["authentication"],
                    groups: ["system:bootstrappers:kubeadm:unused"],
                },
            ],
            localAPIEndpoint: { advertiseAddress: "10.0.0.10", bindPort: 6443 },
            nodeRegistration: registration,
            patches: { directory: "/etc/kubernetes/patches" },
            timeouts,
        });
    });
});

describe("joinConfiguration", () => {
    it("taints the node from its first moment, with and without a value", () => {
        const document = parseParts(joinConfiguration(node({ taints: ["dedicated=db:NoExecute", "spot:NoSchedule"] })));

        assert.deepEqual(document.nodeRegistration?.taints, [
            { key: "dedicated", value: "db", effect: "NoExecute" },
            { key: "spot", effect: "NoSchedule" },
        ]);
    });

    it("describes a worker without a secret", () => {
        assert.deepEqual(parse(joinConfiguration(node())), {
            apiVersion: "kubeadm.k8s.io/v1beta4",
            kind: "JoinConfiguration",
            nodeRegistration: registration,
            patches: { directory: "/etc/kubernetes/patches" },
            timeouts,
        });
    });

    it("gives a control plane an API server of its own", () => {
        assert.deepEqual(parseParts(joinConfiguration(node({ role: "control-plane" }))).controlPlane, {
            localAPIEndpoint: { advertiseAddress: "10.0.0.10", bindPort: 6443 },
        });
    });

    it("recognises the cluster by token and CA hash", () => {
        const discovery = {
            token: "abcdef.0123456789abcdef",
            apiServerEndpoint: "10.0.0.5:6443",
            caCertHashes: ["sha256:00"],
        };

        assert.deepEqual(parseParts(joinConfiguration(node(), discovery)).discovery, { bootstrapToken: discovery });
    });
});

const registration = {
    name: "node-1",
    criSocket: "unix:///run/containerd/containerd.sock",
    taints: [],
    imagePullPolicy: "IfNotPresent",
    imagePullSerial: false,
    kubeletExtraArgs: [{ name: "node-ip", value: "10.0.0.10" }],
};

function node(args: Partial<JoinConfigurationArgs> = {}): JoinConfigurationArgs {
    return {
        role: "worker",
        name: "node-1",
        address: "10.0.0.10",
        taints: [],
        patchesDirectory: "/etc/kubernetes/patches",
        ...args,
    };
}

function cluster(args: Partial<ClusterConfigurationArgs> = {}): ClusterConfigurationArgs {
    return {
        kubernetesVersion: "1.37.1",
        clusterName: "dev",
        controlPlaneEndpoint: "10.0.0.5:6443",
        podSubnet: "10.244.0.0/16",
        serviceSubnet: "10.96.0.0/12",
        dnsDomain: "cluster.local",
        certSANs: ["127.0.0.1"],
        apiServerExtraArgs: {},
        controllerManagerExtraArgs: {},
        schedulerExtraArgs: {},
        etcdExtraArgs: {},
        extraVolumes: {},
        extraEnvs: {},
        ...args,
    };
}

function parseParts(document: string): Record<string, Record<string, unknown> | undefined> {
    return parse(document) as Record<string, Record<string, unknown> | undefined>;
}
