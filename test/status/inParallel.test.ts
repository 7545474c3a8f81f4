import assert from "node:assert/strict";
import { inParallel } from "../../status/inParallel";

describe("inParallel", () => {
    it("has no more than the limit at work, and gives the results in order", async () => {
        let [working, most] = [0, 0];

        const results = await inParallel([5, 1, 4, 2, 3], 2, async (number) => {
            working += 1;
            most = Math.max(most, working);
            await new Promise((resolve) => setTimeout(resolve, number));
            working -= 1;
            return number * 10;
        });

        assert.deepEqual(results, [50, 10, 40, 20, 30]);
        assert.equal(most, 2);
    });

    it("does nothing for nothing", async () => {
        assert.deepEqual(await inParallel([], 2, () => Promise.reject(new Error("no work"))), []);
    });
});
