import assert from "node:assert/strict";
import { multiDocument, yamlDocument } from "../../components/yamlDocument";

describe("yamlDocument", () => {
    it("quotes text that YAML 1.1 would read as something else", () => {
        const document = yamlDocument({ a: "on", b: "0644", c: "true", d: "1.10", e: "12:30:45" });

        assert.equal(document, 'a: "on"\nb: "0644"\nc: "true"\nd: "1.10"\ne: "12:30:45"\n');
    });

    it("repeats shared objects and long lines in full", () => {
        const shared = { text: "word ".repeat(40).trim() };

        assert.equal(
            yamlDocument({ a: shared, b: shared }),
            `a:\n  text: ${shared.text}\nb:\n  text: ${shared.text}\n`,
        );
    });
});

describe("multiDocument", () => {
    it("separates documents", () => {
        assert.equal(multiDocument("a: 1\n", "b: 2\n"), "a: 1\n---\nb: 2\n");
    });
});
