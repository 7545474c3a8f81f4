import assert from "node:assert/strict";
import { parse } from "yaml";
import { kubeProxyConfiguration, kubeletConfiguration, mergeSettings } from "../../components/componentConfig";

describe("kubeletConfiguration", () => {
    it("is safe without any settings", () => {
        assert.deepEqual(parse(kubeletConfiguration({})), {
            apiVersion: "kubelet.config.k8s.io/v1beta1",
            kind: "KubeletConfiguration",
            authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
            authorization: { mode: "Webhook" },
            cgroupDriver: "systemd",
            containerLogMaxFiles: 5,
            containerLogMaxSize: "10Mi",
            readOnlyPort: 0,
            rotateCertificates: true,
            seccompDefault: true,
        });
    });

    it("puts settings over the defaults", () => {
        const settings = { authentication: { webhook: { cacheTTL: "1m0s" } }, maxPods: 200, readOnlyPort: 10255 };

        const merged = parse(kubeletConfiguration(settings)) as Record<string, unknown>;

        assert.deepEqual(merged.authentication, {
            anonymous: { enabled: false },
            webhook: { enabled: true, cacheTTL: "1m0s" },
        });
        assert.equal(merged.maxPods, 200);
        assert.equal(merged.readOnlyPort, 10255);
    });
});

describe("kubeProxyConfiguration", () => {
    it("names the mode and takes settings", () => {
        assert.deepEqual(parse(kubeProxyConfiguration("nftables", { conntrack: { maxPerCore: 0 } })), {
            apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
            kind: "KubeProxyConfiguration",
            mode: "nftables",
            conntrack: { maxPerCore: 0 },
        });
    });
});

describe("mergeSettings", () => {
    const cases = [
        { title: "keeps what is not mentioned", base: { a: 1 }, over: {}, expected: { a: 1 } },
        {
            title: "merges objects",
            base: { a: { b: 1, c: 1 } },
            over: { a: { c: 2 } },
            expected: { a: { b: 1, c: 2 } },
        },
        { title: "replaces lists", base: { a: [1, 2] }, over: { a: [3] }, expected: { a: [3] } },
        { title: "replaces a value by an object", base: { a: 1 }, over: { a: { b: 1 } }, expected: { a: { b: 1 } } },
        { title: "replaces an object by nothing", base: { a: { b: 1 } }, over: { a: null }, expected: { a: null } },
    ];
    cases.forEach(({ title, base, over, expected }) => {
        it(title, () => {
            assert.deepEqual(mergeSettings(base, over), expected);
        });
    });
});
