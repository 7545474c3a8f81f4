import assert from "node:assert/strict";
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from "../../../config/flagTables";
import { kindsOf } from "../../../config/kinds";
import { cluster } from "../support/shared";

const components = [
    { name: "kube-apiserver", flags: apiServerFlags },
    { name: "kube-controller-manager", flags: controllerManagerFlags },
    { name: "kube-scheduler", flags: schedulerFlags },
    { name: "etcd", flags: etcdFlags },
];

/** Flags with which a component does nothing but say something. */
const notSettings = ["config-file", "help", "version", "write-config-to"];

describe("the flags that a preview lets pass", () => {
    before(() => cluster.isStarted());

    for (const { name, flags } of components) {
        it(`are all those that ${name} says it has`, async () => {
            const help = await cluster.onMachine("control-plane-1", `"/proc/$(pidof -s ${name})/exe" --help 2>&1`);
            const said = [...help.matchAll(/^ +(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, flag = ""]) => flag);

            assert.ok(said.length > 50, help);
            const known = [...kindsOf(flags).keys(), ...notSettings];
            assert.deepEqual(
                said.filter((flag) => !known.includes(flag)),
                [],
            );
        });
    }
});
