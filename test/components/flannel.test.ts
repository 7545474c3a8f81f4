import assert from "node:assert/strict";
import { parse, parseAllDocuments } from "yaml";
import { type FlannelArgs, flannelManifest } from "../../components/flannel";
import { flannelImages } from "../../components/software";

interface Resource {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Record<string, string> };
}

describe("flannelManifest", () => {
    const resources = parseManifest({ nftables: true });

    it("has upstream's resources, the namespace first", () => {
        assert.deepEqual(
            resources.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name]),
            [
                ["Namespace", undefined, "kube-flannel"],
                ["ServiceAccount", "kube-flannel", "flannel"],
                ["ClusterRole", undefined, "flannel"],
                ["ClusterRoleBinding", undefined, "flannel"],
                ["ConfigMap", "kube-flannel", "kube-flannel-cfg"],
                ["DaemonSet", "kube-flannel", "kube-flannel-ds"],
            ],
        );
    });

    it("is admitted by pod security", () => {
        assert.equal(find("Namespace").metadata.labels["pod-security.kubernetes.io/enforce"], "privileged");
    });

    it("configures the pod subnet over VXLAN", () => {
        const { data } = find("ConfigMap") as ConfigMap;

        assert.deepEqual(parse(data["net-conf.json"] ?? ""), {
            Network: "10.1.0.0/16",
            EnableNFTables: true,
            Backend: { Type: "vxlan" },
        });
        assert.deepEqual(parse(data["cni-conf.json"] ?? ""), {
            name: "cbr0",
            cniVersion: "0.3.1",
            plugins: [
                { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
                { type: "portmap", capabilities: { portMappings: true } },
            ],
        });
    });

    it("translates addresses with iptables where nftables is not used", () => {
        const config = parseManifest({ nftables: false }).find(({ kind }) => kind === "ConfigMap") as ConfigMap;

        assert.deepEqual(parse(config.data["net-conf.json"] ?? ""), {
            Network: "10.1.0.0/16",
            EnableNFTables: false,
            Backend: { Type: "vxlan" },
        });
    });

    it("runs the images that nodes have, tainted ones included", () => {
        const { spec } = find("DaemonSet") as Resource & { spec: DaemonSetSpec };
        const pod = spec.template.spec;
        const [flanneld, cniPlugin] = flannelImages;

        assert.deepEqual(
            [...pod.initContainers, ...pod.containers].map(({ image }) => image),
            [cniPlugin, flanneld, flanneld],
        );
        assert.deepEqual(pod.tolerations, [{ operator: "Exists" }]);
        assert.equal(pod.hostNetwork, true);
        assert.equal(pod.priorityClassName, "system-node-critical");
    });

    it("goes over the address by which the node is known", () => {
        const { spec } = find("DaemonSet") as Resource & { spec: DaemonSetSpec };
        const [main] = spec.template.spec.containers;

        assert.equal(main?.command.at(-1), "--iface=$(NODE_ADDRESS)");
        assert.deepEqual(main.env?.[0], {
            name: "NODE_ADDRESS",
            valueFrom: { fieldRef: { fieldPath: "status.hostIP" } },
        });
    });

    it("is replaced on a tenth of the nodes at a time", () => {
        const { spec } = find("DaemonSet") as Resource & { spec: DaemonSetSpec };

        assert.deepEqual(spec.updateStrategy, {
            type: "RollingUpdate",
            rollingUpdate: { maxUnavailable: "10%" },
        });
    });

    it("mounts only volumes that it has", () => {
        const { spec } = find("DaemonSet") as Resource & { spec: DaemonSetSpec };
        const pod = spec.template.spec;
        const mounted = [...pod.initContainers, ...pod.containers].flatMap(({ volumeMounts }) => volumeMounts);

        assert.deepEqual(
            new Set(mounted.map(({ name }) => name)),
            new Set(["run", "cni-plugin", "cni", "flannel-cfg", "xtables-lock"]),
        );
        assert.deepEqual(new Set(pod.volumes.map(({ name }) => name)), new Set(mounted.map(({ name }) => name)));
    });

    function find(kind: string): Resource {
        const found = resources.find((resource) => resource.kind === kind);
        assert.ok(found);
        return found;
    }
});

function parseManifest(args: Pick<FlannelArgs, "nftables">): Resource[] {
    const manifest = flannelManifest({ podSubnet: "10.1.0.0/16", ...args });
    return parseAllDocuments(manifest).map((document) => document.toJS() as Resource);
}

type ConfigMap = Resource & { readonly data: Readonly<Record<string, string>> };

interface Container {
    readonly image: string;
    readonly command: readonly string[];
    readonly env?: readonly unknown[];
    readonly volumeMounts: readonly { readonly name: string }[];
}

interface DaemonSetSpec {
    readonly updateStrategy: unknown;
    readonly template: {
        readonly spec: {
            readonly hostNetwork: boolean;
            readonly priorityClassName: string;
            readonly tolerations: unknown;
            readonly initContainers: readonly Container[];
            readonly containers: readonly Container[];
            readonly volumes: readonly { readonly name: string }[];
        };
    };
}
