import assert from "node:assert/strict";
import { clusterData } from "../../components/restore";
import { mockPulumi } from "../support/mockPulumi";

describe("the data of a cluster", () => {
    it("are others in each update that restores", async () => {
        const engine = await mockPulumi();
        clusterData("dev-data", true);

        const { inputs, options } = await engine.resource("dev-data");

        assert.match(JSON.stringify(inputs.keepers), /^\{"restore":"20\d\d-.*Z"\}$/);
        assert.deepEqual(options.ignoreChanges, []);
        assert.equal(options.deleteBeforeReplace, true);
    });

    it("stay as they are in any other update", async () => {
        const engine = await mockPulumi();
        clusterData("dev-data", false);

        assert.deepEqual((await engine.resource("dev-data")).options.ignoreChanges, ["keepers"]);
    });
});
