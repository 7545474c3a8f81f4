import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { ebsManifest, ebsPolicy } from "../../../components/platforms/awsEbs";

interface Rule {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
}
interface Container {
    readonly name: string;
    readonly image: string;
    readonly args: readonly string[];
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
    readonly ports?: readonly { readonly hostPort?: number }[];
    readonly livenessProbe?: { readonly httpGet: { readonly host?: string } };
    readonly securityContext: {
        readonly privileged?: boolean;
        readonly allowPrivilegeEscalation?: boolean;
        readonly capabilities?: { readonly drop: readonly string[] };
    };
    readonly volumeMounts: readonly { readonly name: string }[];
}
interface PodSpec {
    readonly hostNetwork?: boolean;
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly tolerations: readonly Readonly<Record<string, string>>[];
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly containers: readonly Container[];
    readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
}
interface Manifest {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
    readonly roleRef?: { readonly name: string };
    readonly rules?: readonly Rule[];
    readonly spec: Readonly<Record<string, unknown>> & { readonly template: { readonly spec: PodSpec } };
}
interface Statement {
    readonly Action: string | readonly string[];
    readonly Resource: string;
    readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}

const args = { clusterName: "prod", region: "eu-central-1", controlPlanes: 3 };
const all = manifests(args);
const controller = podOf("Deployment");
const node = podOf("DaemonSet");

describe("ebsManifest", () => {
    it("is two accounts, what each may do, the driver with its pods, and a class of volumes", () => {
        assert.deepEqual(
            all.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
            [
                "ServiceAccount ebs-csi-controller",
                "ServiceAccount ebs-csi-node",
                "ClusterRole ebs-csi-controller",
                "ClusterRole ebs-csi-node",
                "ClusterRoleBinding ebs-csi-controller",
                "ClusterRoleBinding ebs-csi-node",
                "Role ebs-csi-leases",
                "RoleBinding ebs-csi-leases",
                "CSIDriver ebs.csi.aws.com",
                "Deployment ebs-csi-controller",
                "DaemonSet ebs-csi-node",
                "StorageClass ebs-gp3",
            ],
        );
    });

    it("runs the controller on the network of control planes, where their role is", () => {
        assert.equal(controller.hostNetwork, true);
        assert.deepEqual(controller.nodeSelector, { "node-role.kubernetes.io/control-plane": "" });
        assert.deepEqual(controller.tolerations, [
            { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
        ]);
        assert.deepEqual(container(controller, "ebs-plugin").env, [{ name: "AWS_REGION", value: "eu-central-1" }]);
        assert.ok(container(controller, "ebs-plugin").args.includes("--k8s-tag-cluster-id=prod"));
    });

    it("opens no port of a control plane to others", () => {
        assert.equal(container(controller, "ebs-plugin").livenessProbe?.httpGet.host, "127.0.0.1");
        assert.deepEqual(
            controller.containers.flatMap((each) => each.args.filter((arg) => /endpoint=(?!unix)|port/.test(arg))),
            ["--http-endpoint=127.0.0.1:9808"],
        );
    });

    it("has one controller on a control plane, two when there are more, and needs no third place for an update", () => {
        const specs = [1, 3, 5].map((controlPlanes) => deploymentOf({ ...args, controlPlanes }).spec);

        assert.deepEqual(
            specs.map(({ replicas }) => replicas),
            [1, 2, 2],
        );
        assert.deepEqual(specs[0]?.strategy, {
            type: "RollingUpdate",
            rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
        });
        assert.deepEqual(
            container(controller, "ebs-plugin").ports?.map(({ hostPort }) => hostPort),
            [9808],
        );
    });

    it("mounts volumes on every node, which it asks Kubernetes about and not the metadata service", () => {
        const plugin = container(node, "ebs-plugin");

        assert.equal(node.hostNetwork, undefined);
        assert.deepEqual(node.tolerations, [{ operator: "Exists" }]);
        assert.ok(plugin.args.includes("--metadata-sources=kubernetes"));
        assert.deepEqual(
            plugin.env?.map(({ name }) => name),
            ["CSI_NODE_NAME", "DISABLE_TAINT_WATCHER"],
        );
    });

    it("leaves room for the disks that a machine has by itself", () => {
        assert.ok(container(node, "ebs-plugin").args.includes("--reserved-volume-attachments=2"));
    });

    it("is privileged only where volumes are mounted, and sees no more of a machine there", () => {
        const containers = [...controller.containers, ...node.containers];

        assert.deepEqual(
            containers.filter(({ securityContext }) => securityContext.privileged).map(({ args: [mode] }) => mode),
            ["node"],
        );
        assert.deepEqual(
            containers
                .filter(({ securityContext: { privileged } }) => privileged !== true)
                .filter(({ securityContext }) => securityContext.allowPrivilegeEscalation !== false)
                .map(({ name }) => name),
            [],
        );
        assert.deepEqual(
            new Set(containers.flatMap(({ securityContext }) => securityContext.capabilities?.drop ?? [])),
            new Set(["ALL"]),
        );
        assert.equal(controller.securityContext.runAsNonRoot, true);
        assert.deepEqual(
            node.volumes.map(({ hostPath }) => hostPath?.path),
            [
                "/var/lib/kubelet/plugins/ebs.csi.aws.com/",
                "/var/lib/kubelet",
                "/var/lib/kubelet/plugins_registry/",
                "/dev",
            ],
        );
    });

    it("has every mounted volume", () => {
        for (const pod of [controller, node]) {
            const names = pod.volumes.map(({ name }) => name);

            assert.deepEqual(
                pod.containers.flatMap(({ volumeMounts }) => volumeMounts).filter(({ name }) => !names.includes(name)),
                [],
            );
        }
    });

    it("has images by version and digest, each in one version", () => {
        const images = new Set([...controller.containers, ...node.containers].map(({ image }) => image));

        assert.deepEqual(
            [...images].filter(
                (image) => !/^registry\.k8s\.io\/[a-z-]+\/[a-z-]+:v\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/.test(image),
            ),
            [],
        );
        assert.equal(images.size, 6);
    });

    it("is no administrator, reads no secrets, and lets the pods on nodes change nothing", () => {
        const rules = all.flatMap((each) => each.rules ?? []);
        const ofNode = all.find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === "ebs-csi-node");

        assert.equal(JSON.stringify(rules).includes("*"), false);
        assert.deepEqual(
            rules.filter(({ resources }) => resources.some((each) => /secrets|pods|roles|serviceaccounts/.test(each))),
            [],
        );
        assert.deepEqual([...new Set(ofNode?.rules?.flatMap(({ verbs }) => verbs))].sort(), ["get", "list", "watch"]);
        assert.deepEqual(
            all.flatMap(({ roleRef }) => roleRef?.name ?? []),
            ["ebs-csi-controller", "ebs-csi-node", "ebs-csi-leases"],
        );
    });

    it("has a class of encrypted gp3 volumes in the zone of their pod, which nobody gets without asking", () => {
        const { metadata, ...fields } = all.find(({ kind }) => kind === "StorageClass") ?? assert.fail();

        assert.deepEqual(fields, {
            apiVersion: "storage.k8s.io/v1",
            kind: "StorageClass",
            provisioner: "ebs.csi.aws.com",
            parameters: { type: "gp3", encrypted: "true" },
            volumeBindingMode: "WaitForFirstConsumer",
            allowVolumeExpansion: true,
            reclaimPolicy: "Delete",
        });
        assert.equal(metadata.annotations, undefined);
    });
});

describe("ebsPolicy", () => {
    const statements = (JSON.parse(ebsPolicy("prod")) as { Statement: Statement[] }).Statement;
    const allowed = statements.flatMap(({ Action, Resource, Condition }) =>
        [Action].flat().map((action) => ({
            text: `${action} ${Resource.split(":").at(-1) ?? ""}`,
            condition: Object.entries(Condition?.StringEquals ?? {})
                .flat()
                .join(" "),
        })),
    );

    it("changes only volumes that this cluster's driver made, at instances of this cluster", () => {
        const made = "ec2:ResourceTag/ebs.csi.aws.com/cluster-name prod";
        const instance = "ec2:ResourceTag/kubernetes.io/cluster/prod owned";

        assert.deepEqual(
            allowed
                .filter(({ text }) => !text.startsWith("ec2:Describe"))
                .map(({ text, condition }) => [text, condition]),
            [
                ["ec2:CreateVolume volume/*", "aws:RequestTag/ebs.csi.aws.com/cluster-name prod"],
                ["ec2:CreateTags volume/*", "ec2:CreateAction CreateVolume"],
                ["ec2:AttachVolume volume/*", made],
                ["ec2:DetachVolume volume/*", made],
                ["ec2:DeleteVolume volume/*", made],
                ["ec2:ModifyVolume volume/*", made],
                ["ec2:AttachVolume instance/*", instance],
                ["ec2:DetachVolume instance/*", instance],
            ],
        );
    });

    it("reads what has no resources to name", () => {
        assert.deepEqual(
            allowed.filter(({ text }) => text.startsWith("ec2:Describe")).map(({ text }) => text),
            [
                "ec2:DescribeAvailabilityZones *",
                "ec2:DescribeInstances *",
                "ec2:DescribeInstanceTypes *",
                "ec2:DescribeVolumeStatus *",
                "ec2:DescribeVolumes *",
                "ec2:DescribeVolumesModifications *",
            ],
        );
    });
});

function manifests(of: typeof args): Manifest[] {
    return parseAllDocuments(ebsManifest(of)).map((each) => each.toJS() as Manifest);
}

function deploymentOf(of: typeof args): Manifest {
    return manifests(of).find(({ kind }) => kind === "Deployment") ?? assert.fail();
}

function podOf(kind: string): PodSpec {
    return all.find((each) => each.kind === kind)?.spec.template.spec ?? assert.fail();
}

function container(pod: PodSpec, name: string): Container {
    return pod.containers.find((each) => each.name === name) ?? assert.fail();
}
