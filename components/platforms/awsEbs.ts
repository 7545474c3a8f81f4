import { multiDocument, yamlDocument } from "../yamlDocument";
import {
    controllerAccount,
    controllerDeployment,
    driver,
    type EbsArgs,
    labels,
    namespace,
    nodeAccount,
    nodeDaemonSet,
} from "./awsEbsPods";
import { policy } from "./awsPolicy";

const rbac = "rbac.authorization.k8s.io";
const storage = "storage.k8s.io";
const read = ["get", "list", "watch"];
/** The tag of volumes that the driver of a cluster made; it sets it by itself. */
const volumeTag = "ebs.csi.aws.com/cluster-name";

/** What control planes may ask AWS, as a policy of their role: volumes that the driver made, at instances of the cluster. */
export function ebsPolicy(clusterName: string): string {
    const made = { StringEquals: { [`ec2:ResourceTag/${volumeTag}`]: clusterName } };
    const volumes = "arn:*:ec2:*:*:volume/*";
    const attach = ["ec2:AttachVolume", "ec2:DetachVolume"];
    return policy([
        {
            Effect: "Allow",
            Action: [
                "AvailabilityZones",
                "Instances",
                "InstanceTypes",
                "VolumeStatus",
                "Volumes",
                "VolumesModifications",
            ].map((what) => `ec2:Describe${what}`),
            // These actions know no resources.
            Resource: "*",
        },
        {
            Effect: "Allow",
            Action: "ec2:CreateVolume",
            Resource: volumes,
            Condition: { StringEquals: { [`aws:RequestTag/${volumeTag}`]: clusterName } },
        },
        {
            Effect: "Allow",
            Action: "ec2:CreateTags",
            Resource: volumes,
            Condition: { StringEquals: { "ec2:CreateAction": "CreateVolume" } },
        },
        {
            Effect: "Allow",
            Action: [...attach, "ec2:DeleteVolume", "ec2:ModifyVolume"],
            Resource: volumes,
            Condition: made,
        },
        {
            Effect: "Allow",
            Action: attach,
            Resource: "arn:*:ec2:*:*:instance/*",
            Condition: { StringEquals: { [`ec2:ResourceTag/kubernetes.io/cluster/${clusterName}`]: "owned" } },
        },
    ]);
}

/** AWS' EBS CSI driver and a class of its volumes, as `kubectl apply` takes it. */
export function ebsManifest(args: EbsArgs): string {
    const resources = [
        account(controllerAccount),
        account(nodeAccount),
        clusterRole(controllerAccount, controllerRules),
        clusterRole(nodeAccount, nodeRules),
        clusterRoleBinding(controllerAccount),
        clusterRoleBinding(nodeAccount),
        leases,
        leasesBinding,
        csiDriver,
        controllerDeployment(args),
        nodeDaemonSet,
        storageClass,
    ];
    return multiDocument(...resources.map(yamlDocument));
}

/** Provisioner, attacher and resizer share an account; this is what the three need together, without snapshots. */
const controllerRules = [
    { apiGroups: [""], resources: ["persistentvolumes"], verbs: [...read, "create", "patch", "delete"] },
    { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: [...read, "update"] },
    { apiGroups: [""], resources: ["persistentvolumeclaims/status"], verbs: ["patch"] },
    { apiGroups: [""], resources: ["nodes"], verbs: read },
    { apiGroups: [""], resources: ["events"], verbs: ["list", "watch", "create", "update", "patch"] },
    { apiGroups: [storage], resources: ["csinodes", "storageclasses", "volumeattributesclasses"], verbs: read },
    { apiGroups: [storage], resources: ["volumeattachments"], verbs: [...read, "patch"] },
    { apiGroups: [storage], resources: ["volumeattachments/status"], verbs: ["patch"] },
];

/** Which instance the node is; and before its pod ends on a node that is drained, which volumes are still attached. */
const nodeRules = [
    { apiGroups: [""], resources: ["nodes"], verbs: ["get"] },
    { apiGroups: [storage], resources: ["volumeattachments"], verbs: read },
];

function account(name: string): Record<string, unknown> {
    return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } };
}

function clusterRole(name: string, rules: readonly unknown[]): Record<string, unknown> {
    return { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name, labels }, rules };
}

function clusterRoleBinding(name: string): Record<string, unknown> {
    return {
        apiVersion: `${rbac}/v1`,
        kind: "ClusterRoleBinding",
        metadata: { name, labels },
        roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
    };
}

const leasesName = "ebs-csi-leases";
const leases = {
    apiVersion: `${rbac}/v1`,
    kind: "Role",
    metadata: { name: leasesName, namespace, labels },
    rules: [
        { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: [...read, "create", "update", "delete"] },
    ],
};
const leasesBinding = {
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: { name: leasesName, namespace, labels },
    roleRef: { apiGroup: rbac, kind: "Role", name: leasesName },
    subjects: [{ kind: "ServiceAccount", name: controllerAccount, namespace }],
};

const csiDriver = {
    apiVersion: `${storage}/v1`,
    kind: "CSIDriver",
    metadata: { name: driver, labels },
    spec: { attachRequired: true, podInfoOnMount: false, fsGroupPolicy: "File" },
};

// Parameters of a class can never change; other ones need another name.
const storageClass = {
    apiVersion: `${storage}/v1`,
    kind: "StorageClass",
    metadata: { name: "ebs-gp3", labels },
    provisioner: driver,
    parameters: { type: "gp3", encrypted: "true" },
    // The volume is made in the zone of the pod's node.
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    reclaimPolicy: "Delete",
};
