import assert from "node:assert/strict";
import { parse, parseAllDocuments } from "yaml";
import {
    cloudControllerManifest,
    cloudControllerPolicy,
    cloudControllerVersion,
} from "../../../components/platforms/awsCloudController";
import { ecrCredentialProvider, ecrPolicy } from "../../../components/platforms/awsEcr";

interface Manifest {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly roleRef?: { readonly name: string };
    readonly subjects?: readonly { readonly name: string }[];
    readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
    readonly spec?: { readonly template: { readonly spec: PodSpec } };
}
interface PodSpec {
    readonly hostNetwork: boolean;
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly serviceAccountName: string;
    readonly tolerations: readonly { readonly key: string }[];
    readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[];
}
interface Policy {
    readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

const all = parseAllDocuments(cloudControllerManifest("prod")).map((each) => each.toJS() as Manifest);
const pod = all.find(({ kind }) => kind === "DaemonSet")?.spec?.template.spec;

describe("cloudControllerManifest", () => {
    it("is an account, what it may do, and a pod on each control plane", () => {
        assert.deepEqual(
            all.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
            [
                "ServiceAccount cloud-controller-manager",
                "ClusterRole system:cloud-controller-manager",
                "ClusterRoleBinding system:cloud-controller-manager",
                "RoleBinding cloud-controller-manager:apiserver-authentication-reader",
                "DaemonSet aws-cloud-controller-manager",
            ],
        );
        assert.deepEqual(
            all.flatMap(({ subjects = [] }) => subjects.map(({ name }) => name)),
            ["cloud-controller-manager", "cloud-controller-manager"],
        );
        assert.equal(pod?.serviceAccountName, "cloud-controller-manager");
        assert.deepEqual(pod.nodeSelector, { "node-role.kubernetes.io/control-plane": "" });
    });

    it("starts before there is a pod network and on nodes that it has not seen yet", () => {
        assert.equal(pod?.hostNetwork, true);
        assert.deepEqual(
            pod.tolerations.map(({ key }) => key),
            [
                "node.cloudprovider.kubernetes.io/uninitialized",
                "node-role.kubernetes.io/control-plane",
                "node.kubernetes.io/not-ready",
            ],
        );
    });

    it("runs a pinned version that looks after nodes, and neither routes nor load balancers", () => {
        const [container] = pod?.containers ?? [];
        assert.equal(
            container?.image,
            `registry.k8s.io/provider-aws/cloud-controller-manager:v${cloudControllerVersion}`,
        );
        assert.ok(container.args.includes("--controllers=cloud-node-controller,cloud-node-lifecycle-controller"));
        assert.ok(container.args.includes("--cluster-name=prod"));
        assert.ok(container.args.includes("--configure-cloud-routes=false"));
    });

    it("may delete nodes, and change nothing that is not about nodes or its own lease", () => {
        const rules = all.find(({ kind }) => kind === "ClusterRole")?.rules ?? [];
        const verbsOf = (resource: string): readonly string[] =>
            rules.find(({ resources }) => resources.includes(resource))?.verbs ?? [];

        assert.ok(verbsOf("nodes").includes("delete"));
        assert.deepEqual(verbsOf("services"), ["list", "watch"]);
        assert.deepEqual(verbsOf("secrets"), []);
        assert.equal(JSON.stringify(rules).includes("*"), false);
    });
});

describe("the policies of addons", () => {
    it("let control planes read about instances, and change nothing in AWS", () => {
        const actions = actionsOf(cloudControllerPolicy);

        assert.ok(actions.includes("ec2:DescribeInstances"));
        assert.deepEqual(
            actions.filter((action) => !action.startsWith("ec2:Describe")),
            [],
        );
    });

    it("let nodes pull images, and push none", () => {
        assert.deepEqual(actionsOf(ecrPolicy), [
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ]);
    });
});

describe("ecrCredentialProvider", () => {
    it("has the name of its program in its configuration, as the kubelet wants it", () => {
        const config = parse(ecrCredentialProvider.config) as { providers: { name: string; apiVersion: string }[] };

        assert.deepEqual(
            config.providers.map(({ name, apiVersion }) => [name, apiVersion]),
            [[ecrCredentialProvider.name, "credentialprovider.kubelet.k8s.io/v1"]],
        );
    });

    it("is there for both architectures, with its publisher's checksum", () => {
        assert.deepEqual(
            ecrCredentialProvider.downloads.map((line) => line.split(" ")),
            ["amd64", "arm64"].map((each) => {
                const path = `artifacts.k8s.io/binaries/cloud-provider-aws/v1.31.0/linux/${each}/ecr-credential-provider-linux-${each}`;
                return ["ecr-credential-provider", each, path, "-", `${path}.sha256`];
            }),
        );
    });
});

function actionsOf(policy: string): string[] {
    return (JSON.parse(policy) as Policy).Statement.flatMap(({ Action }) => Action);
}
