import assert from "node:assert/strict";
import { readOptions } from "../../status/options";

describe("the options of npm run status", () => {
    it("have defaults", () => {
        assert.deepEqual(readOptions([]), { isJson: false, isCutOff: false, isHelp: false, certificateDays: 30 });
    });

    it("are read", () => {
        assert.deepEqual(readOptions(["--json", "--cut-off", "--certificate-days", "90", "--help"]), {
            isJson: true,
            isCutOff: true,
            isHelp: true,
            certificateDays: 90,
        });
    });

    it("refuse days that are no number", () => {
        assert.throws(() => readOptions(["--certificate-days", "soon"]), {
            message: "--certificate-days is soon; it must be a whole number of days, for example 30",
        });
    });

    it("refuse what they do not know", () => {
        assert.throws(() => readOptions(["--jsno"]), /Unknown option '--jsno'/);
    });
});
