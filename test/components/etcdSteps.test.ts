import assert from "node:assert/strict";
import { etcdFlags, etcdUnit } from "../../components/etcdSteps";

describe("the flags of a member of external etcd", () => {
    it("let only holders of a certificate in, as clients and as members", () => {
        const flags = etcdFlags("etcd-1", "10.0.0.31", {});

        assert.deepEqual([flags["client-cert-auth"], flags["peer-client-cert-auth"]], ["true", "true"]);
        const urls = Object.values(flags)
            .join(" ")
            .match(/https?:\/\/[^,\s]+/g);
        assert.deepEqual(
            new Set(urls),
            new Set(["https://10.0.0.31:2379", "https://127.0.0.1:2379", "https://10.0.0.31:2380"]),
        );
    });

    it("are those of the configuration over the program's own", () => {
        const flags = etcdFlags("etcd-1", "10.0.0.31", {
            "quota-backend-bytes": "4294967296",
            "max-learners": "1",
            "listen-metrics-urls": ["http://127.0.0.1:2381", "http://127.0.0.1:2382"],
        });

        assert.equal(flags["quota-backend-bytes"], "4294967296");
        assert.equal(flags["max-learners"], "1");
        assert.equal(flags["listen-metrics-urls"], "http://127.0.0.1:2381,http://127.0.0.1:2382");
    });
});

describe("the unit of a member of external etcd", () => {
    it("runs etcd as its own user, and tells systemd when it serves", () => {
        const lines = etcdUnit({ name: "etcd-1", "data-dir": "/var/lib/etcd" }).split("\n");

        assert.deepEqual(
            lines.filter((line) => /^(Type|User|Group)=/.test(line)),
            ["Type=notify", "User=etcd", "Group=etcd"],
        );
        const start = lines.findIndex((line) => line.startsWith("ExecStart="));
        assert.deepEqual(lines.slice(start, start + 4), [
            "ExecStart=/usr/local/bin/etcd \\",
            '  "--name=etcd-1" \\',
            '  "--data-dir=/var/lib/etcd"',
            "Restart=always",
        ]);
    });

    it("quotes what has a meaning to systemd", () => {
        const unit = etcdUnit({ "log-format": String.raw`a "b" \c $HOME ${"${X}"} %n` });

        assert.ok(unit.includes(String.raw`"--log-format=a \"b\" \\c $$HOME $${"${X}"} %%n"`), unit);
    });
});
