import assert from "node:assert/strict";
import { haproxyConfig } from "../../components/haproxyConfig";

const args = {
    backends: [
        { name: "control-plane-1", address: "10.0.0.11" },
        { name: "control-plane-2", address: "10.0.0.12" },
    ],
    settings: {},
};

describe("haproxyConfig", () => {
    const text = haproxyConfig(args);

    it("passes TLS connections through", () => {
        assert.ok(section("defaults").includes("mode tcp"));
        assert.ok(section("frontend kubernetes").includes("bind *:6443"));
        assert.ok(section("frontend kubernetes").includes("default_backend control-planes"));
    });

    it("sends them to the API server of every control plane", () => {
        const servers = section("backend control-planes").filter((line) => line.startsWith("server "));

        assert.deepEqual(servers, ["server control-plane-1 10.0.0.11:6443", "server control-plane-2 10.0.0.12:6443"]);
    });

    it("uses only API servers that are ready and have a certificate of this cluster", () => {
        const backend = section("backend control-planes");

        assert.ok(backend.includes("option httpchk GET /readyz"));
        assert.ok(backend.includes("http-check expect status 200"));
        assert.ok(
            backend.includes(
                "default-server check check-ssl verify required ca-file /etc/haproxy/kubernetes-ca.crt verifyhost kubernetes.default.svc",
            ),
        );
        assert.ok(backend.includes("default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions"));
    });

    it("keeps quiet watches open", () => {
        const defaults = section("defaults");

        assert.ok(defaults.includes("timeout client 4h"));
        assert.ok(defaults.includes("timeout server 4h"));
        assert.ok(defaults.includes("option clitcpka"));
        assert.ok(defaults.includes("option srvtcpka"));
    });

    it("shows statistics on the machine itself only", () => {
        assert.ok(section("listen statistics").includes("bind 127.0.0.1:8404"));
    });

    function section(title: string): string[] {
        return sectionOf(text, title);
    }
});

describe("lines of the user's in haproxy.cfg", () => {
    it("come last in their section", () => {
        const text = haproxyConfig({
            ...args,
            settings: {
                defaults: "timeout client 1h\n\n  timeout server 1h\n",
                frontend: "tcp-request connection reject if !{ src 10.0.0.0/8 }",
                backend: "balance roundrobin",
            },
        });

        assert.deepEqual(sectionOf(text, "defaults").slice(-3), [
            "timeout server 4h",
            "timeout client 1h",
            "timeout server 1h",
        ]);
        assert.deepEqual(sectionOf(text, "frontend kubernetes").slice(-2), [
            "default_backend control-planes",
            "tcp-request connection reject if !{ src 10.0.0.0/8 }",
        ]);
        assert.deepEqual(sectionOf(text, "backend control-planes").slice(-2), [
            "server control-plane-2 10.0.0.12:6443",
            "balance roundrobin",
        ]);
    });

    it("take the place of those in global that begin alike", () => {
        const text = haproxyConfig({ ...args, settings: { global: "maxconn 20000\nnbthread 4" } });

        assert.deepEqual(sectionOf(text, "global").slice(1), [
            "log stdout format raw local0 info",
            "user haproxy",
            "group haproxy",
            "chroot /var/lib/haproxy",
            "maxconn 20000",
            "nbthread 4",
        ]);
    });

    it("are sections of their own after the program's", () => {
        const text = haproxyConfig({ ...args, settings: { sections: "frontend metrics\n    mode http\n" } });

        assert.equal(text, `${haproxyConfig(args)}\nfrontend metrics\n    mode http\n`);
    });
});

function sectionOf(text: string, title: string): string[] {
    const found = text
        .trimEnd()
        .split("\n\n")
        .find((block) => block.startsWith(`${title}\n`));
    assert.ok(found);
    return found.split("\n").map((line) => line.trim());
}
