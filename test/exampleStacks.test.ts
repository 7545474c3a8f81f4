import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { etcdNames } from "../config/etcd";
import { poolsOf } from "../config/pools";
import { configOf } from "./support/configOf";

describe("the example stacks of platform aws", () => {
    it("staging is a small cluster of 3 control planes and 2 workers over three zones", () => {
        const config = exampleStack("staging");

        assert.deepEqual(
            poolsOf(config).map(({ name, nodes }) => [name, nodes.length]),
            [
                ["control-plane", 3],
                ["worker", 2],
            ],
        );
        assert.equal(config.awsZones.length, 3);
        assert.deepEqual(config.awsVpc, { cidr: "10.20.0.0/16", nat: "single" });
    });

    it("production has external etcd, a way out in each zone, and spot for batch jobs alone", () => {
        const config = exampleStack("production");

        assert.deepEqual(etcdNames(config), ["etcd-1", "etcd-2", "etcd-3"]);
        assert.deepEqual(config.awsVpc, { cidr: "10.30.0.0/16", nat: "zonal" });
        assert.deepEqual(
            Object.entries(config.awsMachines).map(([pool, { spot }]) => [pool, spot]),
            [
                ["etcd", false],
                ["control-plane", false],
                ["worker", false],
                ["batch", true],
            ],
        );
    });
});

function exampleStack(name: string) {
    const text = readFileSync(join(__dirname, `../Pulumi.${name}.yaml`), "utf8");
    const { config } = parse(text) as { readonly config: Readonly<Record<string, unknown>> };
    const own = Object.entries(config).filter(([key]) => key.startsWith("pulumi-kubeadm:"));
    return configOf(Object.fromEntries(own.map(([key, value]) => [key.replace("pulumi-kubeadm:", ""), value])));
}
