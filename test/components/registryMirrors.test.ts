import assert from "node:assert/strict";
import { hostsToml, mirrorValues } from "../../components/registryMirrors";

describe("hostsToml", () => {
    const cases: { title: string; urls: string[]; expected: string[] }[] = [
        {
            title: "a mirror",
            urls: ["https://mirror.example.com"],
            expected: ['[host."https://mirror.example.com"]', 'capabilities = ["pull", "resolve"]'],
        },
        {
            title: "a mirror whose API has another root",
            urls: ["https://harbor.example.com/v2/proxy"],
            expected: [
                '[host."https://harbor.example.com/v2/proxy"]',
                'capabilities = ["pull", "resolve"]',
                "override_path = true",
            ],
        },
        {
            title: "two, in their order",
            urls: ["https://b.example.com", "http://a.example.com:5000"],
            expected: [
                '[host."https://b.example.com"]',
                'capabilities = ["pull", "resolve"]',
                "",
                '[host."http://a.example.com:5000"]',
                'capabilities = ["pull", "resolve"]',
            ],
        },
    ];

    cases.forEach(({ title, urls, expected }) => {
        it(`has containerd ask ${title}`, () => {
            assert.equal(hostsToml(urls), expected.join("\n"));
        });
    });
});

describe("mirrorValues", () => {
    it("are registries and their files, in one order", () => {
        const mirrors = { "quay.io": ["https://b.example.com"], "docker.io": ["https://a.example.com"] };

        assert.deepEqual(mirrorValues(mirrors), {
            REGISTRIES: ["quay.io", "docker.io"],
            REGISTRY_HOSTS: [hostsToml(["https://b.example.com"]), hostsToml(["https://a.example.com"])],
        });
    });
});
