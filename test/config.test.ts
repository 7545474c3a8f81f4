import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig, readConfig } from "../config";
import { nodeNames, nodeSettings } from "../config/nodes";
import { configOf } from "./support/configOf";

const controlPlaneTaint = "node-role.kubernetes.io/control-plane:NoSchedule";

describe("parseConfig", () => {
    it("makes a cluster of 3 control planes and 2 workers from nothing", () => {
        const config = parseConfig("dev", {});

        assert.equal(config.clusterName, "dev");
        assert.equal(config.controlPlaneNodes, 3);
        assert.equal(config.workerNodes, 2);
        assert.equal(config.kubernetesVersion, "1.37.1");
        assert.deepEqual(config.controlPlaneTaints, [controlPlaneTaint]);
        assert.equal(config.controlPlaneEndpoint, undefined);
        assert.equal(config.mirror, undefined);
    });

    it("takes an empty text or map for a key that is not set", () => {
        assert.deepEqual(
            configOf({ clusterName: "", controlPlaneTaints: "", mirror: "", awsBastion: {} }),
            parseConfig("dev", {}),
        );
    });

    it("reads numbers, booleans, lists and maps from the texts that Pulumi hands over", () => {
        const config = configOf({
            controlPlaneNodes: 5,
            allowCgroupV1: false,
            certSANs: ["api.example.com", "*.example.com", "10.1.2.3", "fd00::1"],
            apiServerExtraArgs: { "max-requests-inflight": 800, "service-account-issuer": ["https://a", "https://b"] },
            kubelet: { maxPods: 50, evictionHard: { "memory.available": "5%" } },
            kubeProxy: { conntrack: { maxPerCore: 0 }, nodePortAddresses: ["10.0.0.0/8"] },
        });

        assert.equal(config.controlPlaneNodes, 5);
        assert.equal(config.allowCgroupV1, false);
        assert.equal(config.certSANs.length, 4);
        assert.deepEqual(config.apiServerExtraArgs, {
            "max-requests-inflight": "800",
            "service-account-issuer": ["https://a", "https://b"],
        });
        assert.deepEqual(config.kubelet, { maxPods: 50, evictionHard: { "memory.available": "5%" } });
        assert.deepEqual(config.kubeProxy, { conntrack: { maxPerCore: 0 }, nodePortAddresses: ["10.0.0.0/8"] });
    });

    it("completes an endpoint without a port, and a mirror with a slash at its end", () => {
        const config = configOf({ controlPlaneEndpoint: "api.example.com", mirror: "https://mirror.example.com/" });

        assert.equal(config.controlPlaneEndpoint, "api.example.com:6443");
        assert.equal(config.mirror, "https://mirror.example.com");
    });

    it("lets control planes run workloads in a cluster without workers, unless told otherwise", () => {
        assert.deepEqual(configOf({ workerNodes: 0 }).controlPlaneTaints, []);
        assert.deepEqual(configOf({ workerNodes: 0, controlPlaneTaints: ["a:NoExecute"] }).controlPlaneTaints, [
            "a:NoExecute",
        ]);
        assert.deepEqual(configOf({ controlPlaneTaints: [] }).controlPlaneTaints, []);
    });

    it("gives a configuration that nothing can change", () => {
        const config = configOf({ nodes: { "worker-1": { labels: { disk: "ssd" } } } });

        assert.ok(Object.isFrozen(config));
        assert.ok(Object.isFrozen(config.nodes["worker-1"]?.labels));
    });

    it("reports all problems in one error of a few lines", () => {
        assert.throws(() => configOf({ controlPlaneNodes: 2, podSubnet: "10.0.0.0/33" }), {
            message: [
                "Pulumi.dev.yaml has 2 problems:",
                "  controlPlaneNodes: 2 cannot keep quorum; use 1, 3, 5 or 7",
                '  podSubnet: "10.0.0.0/33" is not an IPv4 CIDR; for example 10.244.0.0/16',
            ].join("\n"),
        });
    });

    it("throws an error that Pulumi prints without a stack trace", () => {
        assert.throws(
            () => configOf({ cni: "weave" }),
            (error: unknown) => pulumi.RunError.isInstance(error),
        );
    });
});

describe("readConfig", () => {
    it("reads the keys of this project and no others", () => {
        const project = pulumi.getProject();
        pulumi.runtime.setAllConfig({ [`${project}:workerNodes`]: "4", "aws:region": "eu-central-1" });

        const config = readConfig();

        assert.equal(config.workerNodes, 4);
    });

    it("refuses a secret that the stack's file holds as everybody can read it, and does not show it", () => {
        const key = `${pulumi.getProject()}:awsBastionKey`;
        pulumi.runtime.setAllConfig({ [key]: "-----BEGIN PRIVATE KEY-----" });
        const readable =
            /\n {2}awsBastionKey: everybody can read it there; npm run pulumi -- config set --secret awsBastionKey < FILE$/;

        process.env.PULUMI_CONFIG_SECRET_KEYS = "[]";
        assert.throws(readConfig, (error: Error) => readable.test(error.message) && !error.message.includes("BEGIN"));
        process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify([key]);
        assert.doesNotThrow(readConfig);
    });

    afterEach(() => {
        pulumi.runtime.setAllConfig({});
        delete process.env.PULUMI_CONFIG_SECRET_KEYS;
    });
});

describe("nodeNames", () => {
    it("counts from 1", () => {
        assert.deepEqual(nodeNames(configOf({ controlPlaneNodes: 3, workerNodes: 1 })), {
            controlPlanes: ["control-plane-1", "control-plane-2", "control-plane-3"],
            workers: ["worker-1"],
        });
    });
});

describe("nodeSettings", () => {
    it("adds a node's own labels and taints to those of its role", () => {
        const config = configOf({
            workerLabels: { pool: "general", zone: "a" },
            workerTaints: ["a:NoSchedule"],
            nodes: { "worker-2": { labels: { pool: "gpu" }, taints: ["b=1:NoExecute"] } },
        });

        assert.deepEqual(nodeSettings(config, "worker-1"), {
            labels: { pool: "general", zone: "a" },
            taints: ["a:NoSchedule"],
        });
        assert.deepEqual(nodeSettings(config, "worker-2"), {
            labels: { pool: "gpu", zone: "a" },
            taints: ["a:NoSchedule", "b=1:NoExecute"],
        });
        assert.deepEqual(nodeSettings(config, "control-plane-1"), { labels: {}, taints: [controlPlaneTaint] });
    });
});
