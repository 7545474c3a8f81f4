import assert from "node:assert/strict";
import { bastionKeyOf } from "../support/awsOutputs";
import { configOf, problemsOf } from "../support/configOf";
import { hostsOf } from "../support/hosts";

describe("haproxy", () => {
    it("are lines by the section that they belong to", () => {
        const given = {
            global: "maxconn 4000 # of the machine\n",
            defaults: "timeout client 1h\n",
            sections: "frontend metrics\n    bind 127.0.0.1:8405\n    mode http\n",
        };

        assert.deepEqual(configOf({ haproxy: given }).haproxy, given);
    });

    it("are none by default", () => {
        assert.deepEqual(configOf({}).haproxy, {});
    });

    const refused: { title: string; given: Record<string, string>; expected: string }[] = [
        {
            title: "a place that there is not",
            given: { default: "timeout client 1h" },
            expected: 'haproxy: "default" is not known; its sections are global, defaults, frontend, backend, sections',
        },
        {
            title: "a line that ends its section",
            given: { defaults: "timeout client 1h\n\nfrontend metrics" },
            expected: 'haproxy: defaults: "frontend metrics" begins a section; put it under sections',
        },
        {
            title: "lines in no section",
            given: { sections: "# metrics\nmode http\nfrontend metrics" },
            expected: 'haproxy: sections: "mode http" is in no section; begin with one, for example frontend metrics',
        },
        {
            title: "a section of the program",
            given: { sections: "backend control-planes\n    balance first" },
            expected: "haproxy: sections: backend control-planes is the program's; give it another name",
        },
    ];

    refused.forEach(({ title, given, expected }) => {
        it(`refuse ${title}`, () => {
            assert.deepEqual(problemsOf({ haproxy: given }), [expected]);
        });
    });

    const without: { title: string; platform: Record<string, unknown> }[] = [
        {
            title: "on platform aws",
            platform: {
                platform: "aws",
                awsZones: ["eu-central-1a", "eu-central-1b"],
                awsAllowedCidrs: ["203.0.113.7/32"],
            },
        },
        {
            title: "in front of machines with an endpoint of their own",
            platform: {
                platform: "hosts",
                controlPlaneNodes: 1,
                workerNodes: 1,
                hostsKey: bastionKeyOf("none"),
                hosts: hostsOf(["admin", "control-plane-1", "worker-1"]),
                controlPlaneEndpoint: "api.example.com",
            },
        },
    ];

    without.forEach(({ title, platform }) => {
        it(`are refused where there is no HAProxy: ${title}`, () => {
            assert.deepEqual(problemsOf({ ...platform, haproxy: { defaults: "timeout client 1h" } }), [
                "haproxy: this cluster has no HAProxy of the program's; leave it out, and set up your load balancer",
            ]);
        });
    });
});
