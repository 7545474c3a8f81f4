import assert from "node:assert/strict";
import { configOf, problemsOf } from "../support/configOf";

describe("registryMirrors", () => {
    it("are lists of URLs by registry", () => {
        const given = {
            "docker.io": ["https://mirror.example.com", "http://10.0.0.9:5000"],
            "registry.example.com:5000": ["https://harbor.example.com/v2/proxy", "https://[fd00::9]:5000"],
            _default: ["https://mirror.example.com"],
        };

        assert.deepEqual(configOf({ registryMirrors: given }).registryMirrors, given);
    });

    it("are none by default", () => {
        assert.deepEqual(configOf({}).registryMirrors, {});
    });

    const example = "give its URL without a login, for example https://mirror.example.com";
    const refused: { title: string; given: unknown; expected: string }[] = [
        {
            title: "a repository in the place of a registry",
            given: { "docker.io/library": ["https://mirror.example.com"] },
            expected:
                'registryMirrors: "docker.io/library" is not a registry; give its host, for example docker.io, or _default',
        },
        {
            title: "a registry without a mirror",
            given: { "docker.io": [] },
            expected: "registryMirrors: docker.io has no URL; give one, or take it out",
        },
        {
            title: "a host without a scheme",
            given: { "docker.io": ["mirror.example.com"] },
            expected: `registryMirrors: docker.io: "mirror.example.com" is not a mirror; ${example}`,
        },
        {
            title: "a login, which everybody could read, without a word of it",
            given: { "docker.io": ["https://me:secret@mirror.example.com"] },
            expected: `registryMirrors: docker.io: "https://…@mirror.example.com" is not a mirror; ${example}`,
        },
        {
            title: "what would end the text of a file",
            given: { "docker.io": ['https://mirror.example.com/"'] },
            expected: `registryMirrors: docker.io: "https://mirror.example.com/"" is not a mirror; ${example}`,
        },
        {
            title: "a port that is none",
            given: { "docker.io": ["https://mirror.example.com:99999"] },
            expected: `registryMirrors: docker.io: "https://mirror.example.com:99999" is not a mirror; ${example}`,
        },
        {
            title: "an address that is none",
            given: { "docker.io": ["https://10.0.0.256"] },
            expected: `registryMirrors: docker.io: "https://10.0.0.256" is not a mirror; ${example}`,
        },
        {
            title: "a mirror twice, which would be a table twice",
            given: { "docker.io": ["https://mirror.example.com", "http://10.0.0.9", "https://mirror.example.com"] },
            expected:
                "registryMirrors: docker.io: https://mirror.example.com is given more than once; keep one of them",
        },
        {
            title: "text",
            given: { "docker.io": "https://mirror.example.com" },
            expected: 'registryMirrors: docker.io: "https://mirror.example.com" is not a list; for example [a, b]',
        },
    ];

    refused.forEach(({ title, given, expected }) => {
        it(`refuse ${title}`, () => {
            assert.deepEqual(problemsOf({ registryMirrors: given }), [expected]);
        });
    });
});
