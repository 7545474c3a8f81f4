import assert from "node:assert/strict";
import { problemsOf } from "../support/configOf";

const aws = { platform: "aws", awsZones: ["eu-central-1a", "eu-central-1b"], awsAllowedCidrs: ["203.0.113.7/32"] };

describe("names and addresses", () => {
    const refused: { title: string; given: Record<string, unknown>; expected: string[] }[] = [
        {
            title: "the endpoint is a URL",
            given: { controlPlaneEndpoint: "https://api:6443" },
            expected: [
                'controlPlaneEndpoint: "https://api:6443" is not host or host:port; for example api.example.com:6443',
            ],
        },
        {
            title: "the endpoint's port is none",
            given: { controlPlaneEndpoint: "api:70000" },
            expected: ["controlPlaneEndpoint: 70000 is not a port; use 1 to 65535"],
        },
        {
            title: "the endpoint's port is no decimal number",
            given: { controlPlaneEndpoint: "api:0x1921" },
            expected: ['controlPlaneEndpoint: "api:0x1921" is not host or host:port; for example api.example.com:6443'],
        },
        {
            title: "the endpoint is each machine itself",
            given: { controlPlaneEndpoint: "localhost" },
            expected: [
                "controlPlaneEndpoint: localhost is each machine itself; use a name or an address that all machines reach",
            ],
        },
        {
            title: "the endpoint is a loopback address",
            given: { ...aws, controlPlaneEndpoint: "127.0.0.1:16443" },
            expected: [
                "controlPlaneEndpoint: 127.0.0.1 is each machine itself; use a name or an address that all machines reach",
                'controlPlaneEndpoint: "127.0.0.1:16443" cannot be that of a Network Load Balancer; ' +
                    "use a name and port 6443, for example api.prod.example.com:6443",
            ],
        },
        {
            title: "the endpoint is another address than that of the local load balancer",
            given: { controlPlaneEndpoint: "172.30.0.11" },
            expected: [
                "controlPlaneEndpoint: 172.30.0.11 is not the load balancer, which has 172.30.0.5; use that, or leave it out",
            ],
        },
        {
            title: "the endpoint is another port than that of the local load balancer",
            given: { controlPlaneEndpoint: "172.30.0.5:443" },
            expected: ["controlPlaneEndpoint: the load balancer does not answer at port 443; use 6443"],
        },
        {
            title: "the DNS domain is not one",
            given: { dnsDomain: "Cluster.Local" },
            expected: ['dnsDomain: "Cluster.Local" is not a DNS name in lower case; for example cluster.local'],
        },
        {
            title: "an alternative name is none",
            given: { certSANs: ["api.example.com", "https://api", "10.0.0.256", "*.example.com", "10.1", "::1"] },
            expected: ["https://api", "10.0.0.256", "10.1"].map(
                (name) => `certSANs: "${name}" is neither an IP address nor a DNS name; for example api.example.com`,
            ),
        },
        {
            title: "the mirror is not a URL",
            given: { mirror: "mirror.example.com" },
            expected: [
                'mirror: "mirror.example.com" is not a base URL; ' +
                    "for example https://mirror.example.com or file:///srv/mirror",
            ],
        },
    ];

    for (const { title, given, expected } of refused) {
        it(`are refused when ${title}`, () => {
            assert.deepEqual(problemsOf(given), expected);
        });
    }

    const accepted: { title: string; given: Record<string, unknown> }[] = [
        { title: "the endpoint is the local load balancer", given: { controlPlaneEndpoint: "172.30.0.5:6443" } },
        { title: "the endpoint is a name of it", given: { controlPlaneEndpoint: "api.example.com" } },
        { title: "the mirror is a folder", given: { mirror: "file:///srv/mirror" } },
    ];

    for (const { title, given } of accepted) {
        it(`are accepted when ${title}`, () => {
            assert.deepEqual(problemsOf(given), []);
        });
    }
});
