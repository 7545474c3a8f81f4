import assert from "node:assert/strict";
import { cluster } from "../support/shared";

describe("a second npm start", () => {
    before(() => cluster.isStarted());

    it("changes nothing and connects to no machine", async () => {
        const before = await cluster.sshConnections();

        const again = cluster.start();
        await again.succeeds();

        assert.deepEqual(again.events.work(), []);
        assert.deepEqual(await cluster.sshConnections(), before);
        assert.ok(
            Object.values(before).every((count) => count > 0),
            `sshd recorded ${JSON.stringify(before)}`,
        );
    });
});
