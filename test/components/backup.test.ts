import assert from "node:assert/strict";
import { backupValues, calendar } from "../../components/backup";

describe("calendar", () => {
    const cases: { minutes: number; expected: string }[] = [
        { minutes: 5, expected: "*-*-* *:00/5:00 UTC" },
        { minutes: 30, expected: "*-*-* *:00/30:00 UTC" },
        { minutes: 60, expected: "*-*-* 00/1:00:00 UTC" },
        { minutes: 360, expected: "*-*-* 00/6:00:00 UTC" },
        { minutes: 1440, expected: "*-*-* 00:00:00 UTC" },
    ];

    cases.forEach(({ minutes, expected }) => {
        it(`of ${minutes} minutes is ${expected}`, () => {
            assert.equal(calendar(minutes), expected);
        });
    });
});

describe("backupValues", () => {
    it("spread the members over a tenth of the interval", () => {
        const { SNAPSHOT_SCRIPT: script, ...values } = backupValues({ every: "6h", keep: 28 });

        assert.match(String(script), /^#!\/usr\/bin\/env bash\n# Takes a snapshot/);
        assert.deepEqual(values, {
            SNAPSHOT_CALENDAR: "*-*-* 00/6:00:00 UTC",
            SNAPSHOT_DELAY_SECONDS: "2160",
            SNAPSHOT_KEEP: "28",
        });
    });

    it("have no calendar when there are to be none", () => {
        assert.equal(backupValues({ every: "never", keep: 28 })["SNAPSHOT_CALENDAR"], "");
    });
});
