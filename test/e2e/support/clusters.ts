import { LocalCluster, removeTemporaryFiles, type Settings } from "./cluster";

const clusters: LocalCluster[] = [];

/** A cluster that is gone when the tests have ended, however they did. */
export function newCluster(stack: string, settings: Settings): LocalCluster {
    const made = new LocalCluster(stack, settings);
    clusters.push(made);
    return made;
}

after(async () => {
    for (const each of clusters) {
        await each.stop();
    }
    removeTemporaryFiles();
});
