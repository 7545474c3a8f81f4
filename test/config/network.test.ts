import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

const aws = { platform: "aws", awsZones: ["eu-central-1a", "eu-central-1b"], awsAllowedCidrs: ["203.0.113.7/32"] };

describe("the network", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "a subnet has host bits",
            given: { podSubnet: "10.244.1.0/16" },
            expected: ['podSubnet: "10.244.1.0/16" is not the first address of its network; write 10.244.0.0/16'],
        },
        {
            title: "a subnet is IPv6",
            given: { podSubnet: "fd00::/56" },
            expected: [
                'podSubnet: "fd00::/56" asks for IPv6 or dual-stack, which is not built yet; ' +
                    "use one IPv4 CIDR, for example 10.244.0.0/16",
            ],
        },
        {
            title: "a subnet is loopback",
            given: { localSubnet: "127.0.0.0/24" },
            expected: [
                'localSubnet: "127.0.0.0/24" is set aside for other uses (loopback); ' +
                    "use a private network, for example 172.30.0.0/24",
            ],
        },
        {
            title: "subnets overlap",
            given: { podSubnet: "10.96.0.0/16", localSubnet: "10.97.0.0/24" },
            expected: [
                "podSubnet: 10.96.0.0/16 overlaps serviceSubnet 10.96.0.0/12; choose subnets that are apart",
                "serviceSubnet: 10.96.0.0/12 overlaps localSubnet 10.97.0.0/24; choose subnets that are apart",
            ],
        },
        {
            title: "the pod subnet has too few parts",
            given: { podSubnet: "10.244.0.0/22" },
            expected: ["podSubnet: 10.244.0.0/22 has room for 4 nodes of a /24 each, not for 5; use a /21 or larger"],
        },
        {
            title: "the pod subnet is smaller than one part",
            given: { podSubnet: "10.244.0.0/25" },
            expected: ["podSubnet: 10.244.0.0/25 has room for 0 nodes of a /24 each, not for 5; use a /21 or larger"],
        },
        {
            title: "the pod subnet has too few parts for a pool at its largest, and while it is renewed",
            given: {
                ...aws,
                workerPools: { batch: { autoscaling: { min: 0, max: 220 }, maxUnavailable: "25%" } },
            },
            expected: [
                "podSubnet: 10.244.0.0/16 has room for 256 nodes of a /24 each, not for 280, " +
                    "55 of them while nodes are replaced; use a /15 or larger",
            ],
        },
        {
            title: "the pod subnet has too few parts while nodes are replaced",
            given: { ...aws, workerNodes: 252, replace: ["worker-1", "worker-2"] },
            expected: [
                "podSubnet: 10.244.0.0/16 has room for 256 nodes of a /24 each, not for 257, " +
                    "2 of them while nodes are replaced; use a /15 or larger",
            ],
        },
        {
            title: "the pod subnet has too few parts of the size for IPv4",
            given: {
                workerNodes: 20,
                controllerManagerExtraArgs: { "node-cidr-mask-size-ipv4": 20 },
            },
            expected: ["podSubnet: 10.244.0.0/16 has room for 16 nodes of a /20 each, not for 23; use a /15 or larger"],
        },
        {
            title: "the last of several sizes of a part is too large",
            given: {
                podSubnet: "10.244.0.0/22",
                controllerManagerExtraArgs: { "node-cidr-mask-size": ["26", "24"] },
            },
            expected: ["podSubnet: 10.244.0.0/22 has room for 4 nodes of a /24 each, not for 5; use a /21 or larger"],
        },
        {
            title: "a part is no part of the pod subnet",
            given: { podSubnet: "10.244.0.0/20", controllerManagerExtraArgs: { "node-cidr-mask-size": 19 } },
            expected: [
                'controllerManagerExtraArgs: node-cidr-mask-size: "19" is not the size of a part of podSubnet 10.244.0.0/20; ' +
                    "use 20 to 32",
            ],
        },
        {
            title: "a part has no size of IPv4",
            given: { kubelet: { maxPods: 500 }, controllerManagerExtraArgs: { "node-cidr-mask-size-ipv4": "99" } },
            expected: [
                'controllerManagerExtraArgs: node-cidr-mask-size-ipv4: "99" is not the size of a part of podSubnet 10.244.0.0/16; ' +
                    "use 16 to 32",
            ],
        },
        {
            title: "neither the pod subnet nor a part of it has a size",
            given: { podSubnet: "10.244.0.0", controllerManagerExtraArgs: { "node-cidr-mask-size": 0 } },
            expected: [
                'podSubnet: "10.244.0.0" is not an IPv4 CIDR; for example 10.244.0.0/16',
                'controllerManagerExtraArgs: node-cidr-mask-size: "0" is not the size of a part of podSubnet 10.244.0.0; ' +
                    "use 1 to 32",
            ],
        },
        {
            title: "a part has two sizes, and one of IPv6",
            given: {
                controllerManagerExtraArgs: {
                    "node-cidr-mask-size": 24,
                    "node-cidr-mask-size-ipv4": 24,
                    "node-cidr-mask-size-ipv6": 64,
                },
            },
            expected: [
                "controllerManagerExtraArgs: node-cidr-mask-size and node-cidr-mask-size-ipv4 exclude each other; " +
                    "keep one of them",
                "controllerManagerExtraArgs: node-cidr-mask-size-ipv6 is for pods with IPv6, which is not built yet; " +
                    "use node-cidr-mask-size-ipv4",
            ],
        },
        {
            title: "a part has a size that kubeadm would have to know",
            given: {
                podSubnet: "10.244.0.0/25",
                controllerManagerExtraArgs: { "node-cidr-mask-size": 28 },
            },
            expected: [
                "controllerManagerExtraArgs: node-cidr-mask-size: kubeadm takes podSubnet 10.244.0.0/25 for smaller than a node's part, " +
                    "since it does not read this flag; use node-cidr-mask-size-ipv4",
            ],
        },
        {
            title: "a node has more pods than addresses for them",
            given: { kubelet: { maxPods: 256 }, workerPools: { gpu: { count: 1, kubelet: { maxPods: 500 } } } },
            expected: [
                "kubelet: maxPods: 256 is more than a node's /24 of podSubnet has addresses for; " +
                    "use up to 255, or a lower node-cidr-mask-size in controllerManagerExtraArgs",
                "workerPools: gpu: kubelet: maxPods: 500 is more than a node's /24 of podSubnet has addresses for; " +
                    "use up to 255, or a lower node-cidr-mask-size in controllerManagerExtraArgs",
            ],
        },
        {
            title: "a node has more pods than addresses of the part for IPv4",
            given: { kubelet: { maxPods: 64 }, controllerManagerExtraArgs: { "node-cidr-mask-size-ipv4": "26" } },
            expected: [
                "kubelet: maxPods: 64 is more than a node's /26 of podSubnet has addresses for; " +
                    "use up to 63, or a lower node-cidr-mask-size-ipv4 in controllerManagerExtraArgs",
            ],
        },
        {
            title: "the pod subnet has more parts than Kubernetes can count",
            given: {
                podSubnet: "10.0.0.0/8",
                controllerManagerExtraArgs: { "node-cidr-mask-size": 25 },
                serviceSubnet: "172.16.0.0/16",
            },
            expected: ["podSubnet: 10.0.0.0/8 is too large; Kubernetes gives every node a /25 and takes at most a /9"],
        },
        {
            title: "the service subnet is too large",
            given: { serviceSubnet: "11.0.0.0/8" },
            expected: ["serviceSubnet: 11.0.0.0/8 is too large; Kubernetes takes at most a /12"],
        },
        {
            title: "the service subnet is too small",
            given: { serviceSubnet: "10.96.0.0/29" },
            expected: ["serviceSubnet: 10.96.0.0/29 is too small; use a /28 or larger"],
        },
        {
            title: "the machines' subnet is too small",
            given: { localSubnet: "172.30.0.0/25" },
            expected: ["localSubnet: 172.30.0.0/25 is a /25; use a /16 to a /24"],
        },
        {
            title: "the machines' subnet has too few addresses",
            given: { workerNodes: 151 },
            expected: [
                "localSubnet: 172.30.0.0/24 has addresses for 150 workers, not for 151; use a larger one, at most a /16",
            ],
        },
        {
            title: "the endpoint lies among the Services",
            given: { controlPlaneEndpoint: "10.96.0.1" },
            expected: [
                "controlPlaneEndpoint: 10.96.0.1 lies in serviceSubnet 10.96.0.0/12; use an address outside of it",
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`is refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    const accepted: { title: string; given: Record<string, unknown> }[] = [
        { title: "every address of the machines' subnet is used", given: { workerNodes: 150 } },
        { title: "the machines' subnet is a /16", given: { workerNodes: 200, localSubnet: "172.30.0.0/16" } },
        {
            title: "parts of the pod subnet are smaller",
            given: { podSubnet: "10.244.0.0/23", controllerManagerExtraArgs: { "node-cidr-mask-size": "26" } },
        },
        {
            title: "parts of the pod subnet are smaller by the flag for IPv4",
            given: { podSubnet: "10.244.0.0/22", controllerManagerExtraArgs: { "node-cidr-mask-size-ipv4": "26" } },
        },
        {
            title: "the last of several sizes of a part is small",
            given: { podSubnet: "10.244.0.0/22", controllerManagerExtraArgs: { "node-cidr-mask-size": ["24", "26"] } },
        },
        {
            title: "the pod subnet is smaller than a usual part, and kubeadm knows the size of one",
            given: { podSubnet: "10.244.0.0/25", controllerManagerExtraArgs: { "node-cidr-mask-size-ipv4": "28" } },
        },
        {
            title: "the pod subnet has a part for each node, and for each that is replaced",
            given: { ...aws, workerNodes: 252, replace: ["worker-1"] },
        },
        {
            title: "parts of the pod subnet have addresses for more pods",
            given: { kubelet: { maxPods: 500 }, controllerManagerExtraArgs: { "node-cidr-mask-size": "23" } },
        },
        { title: "addresses of pods are another CNI's", given: { kubelet: { maxPods: 500 }, cni: "none" } },
    ];

    for (const { title, given } of accepted) {
        it(`is accepted when ${title}`, () => {
            assert.deepEqual(problemsOf(given), []);
        });
    }
});
