import assert from "node:assert/strict";
import { haproxyConfig } from "../../components/haproxyConfig";

describe("haproxyConfig", () => {
    const text = haproxyConfig({
        port: 6443,
        backends: [
            { name: "control-plane-1", address: "10.0.0.11" },
            { name: "control-plane-2", address: "10.0.0.12" },
        ],
        statsPort: 8404,
    });

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
        const found = text.split("\n\n").find((block) => block.startsWith(`${title}\n`));
        assert.ok(found);
        return found.split("\n").map((line) => line.trim());
    }
});
