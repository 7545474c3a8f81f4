import { multiDocument, yamlDocument } from "../yamlDocument";
import { policy } from "./awsPolicy";

/** AWS' cloud controller manager. Its minors go with those of Kubernetes, and a newer one works with an older cluster. */
export const cloudControllerVersion = "1.37.0";

/** Flags of the kubelet on a node that waits for the cloud controller manager. */
export const cloudControllerKubeletArgs = { "cloud-provider": "external" } as const;

const namespace = "kube-system";
const name = "cloud-controller-manager";
const labels = { "k8s-app": "aws-cloud-controller-manager" };
const rbac = "rbac.authorization.k8s.io";
const serviceAccount = { kind: "ServiceAccount", name, namespace };

// Only what keeps Nodes in step with instances. Load balancers of Services are the AWS load balancer controller's, and
// routes are the network plugin's: without these two, the role of control planes needs to read and to change nothing.
const controllers = ["cloud-node-controller", "cloud-node-lifecycle-controller"];

/** What control planes may ask AWS, as a policy of their role. */
export const cloudControllerPolicy = policy([
    {
        Effect: "Allow",
        Action: ["AvailabilityZones", "Instances", "InstanceTopology", "Regions"].map((what) => `ec2:Describe${what}`),
        // These actions know no resources.
        Resource: "*",
    },
]);

/** The cloud controller manager on the control planes, as `kubectl apply` takes it. */
export function cloudControllerManifest(clusterName: string): string {
    const resources = [account, clusterRole, clusterRoleBinding, authenticationReader, daemonSet(clusterName)];
    return multiDocument(...resources.map(yamlDocument));
}

const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } };

const clusterRole = {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: `system:${name}`, labels },
    rules: [
        { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update"] },
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch", "update", "patch", "delete"] },
        { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
        { apiGroups: [""], resources: ["services"], verbs: ["list", "watch"] },
        { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["create", "get", "list", "watch"] },
        { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
        {
            apiGroups: ["coordination.k8s.io"],
            resources: ["leases"],
            verbs: ["create", "get", "list", "watch", "update"],
        },
    ],
};

const clusterRoleBinding = {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `system:${name}`, labels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `system:${name}` },
    subjects: [serviceAccount],
};

const authenticationReader = {
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: { name: `${name}:apiserver-authentication-reader`, namespace, labels },
    roleRef: { apiGroup: rbac, kind: "Role", name: "extension-apiserver-authentication-reader" },
    subjects: [serviceAccount],
};

function daemonSet(clusterName: string): Record<string, unknown> {
    return {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name: "aws-cloud-controller-manager", namespace, labels },
        spec: {
            selector: { matchLabels: labels },
            updateStrategy: { type: "RollingUpdate" },
            template: { metadata: { labels }, spec: podSpec(clusterName) },
        },
    };
}

function podSpec(clusterName: string): Record<string, unknown> {
    return {
        // It is what lets a pod network reach a node at all, and the instance's role answers to the host only.
        hostNetwork: true,
        dnsPolicy: "Default",
        nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
        priorityClassName: "system-node-critical",
        serviceAccountName: name,
        tolerations: [
            { key: "node.cloudprovider.kubernetes.io/uninitialized", operator: "Exists", effect: "NoSchedule" },
            { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
            { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoSchedule" },
        ],
        containers: [
            {
                name: "aws-cloud-controller-manager",
                image: `registry.k8s.io/provider-aws/cloud-controller-manager:v${cloudControllerVersion}`,
                args: [
                    "--v=2",
                    "--cloud-provider=aws",
                    `--cluster-name=${clusterName}`,
                    `--controllers=${controllers.join(",")}`,
                    "--configure-cloud-routes=false",
                    "--use-service-account-credentials=true",
                ],
                resources: { requests: { cpu: "100m", memory: "64Mi" } },
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
        ],
    };
}
