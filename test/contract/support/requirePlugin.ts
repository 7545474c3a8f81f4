import { Plugin } from "./plugin";

/** Stops mocha before the first test, with the reason, when there is no plugin to test. */
export async function mochaGlobalSetup(): Promise<void> {
    const plugin = await Plugin.start();
    await plugin.stop();
}
