import { spawnSync } from "node:child_process";

/** Leaves out the tests of a hook's suite, which need the engine, where there is only a plugin to test. */
export function requireEngine(hook: Mocha.Context): void {
    if (spawnSync("pulumi", ["version"]).status !== 0) {
        hook.skip();
    }
}
