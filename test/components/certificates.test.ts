import assert from "node:assert/strict";
import { caCertHash } from "../../components/certificates";
import { caCertificate, caCertificateHash } from "../support/caCertificate";

describe("caCertHash", () => {
    it("is the hash that openssl computes", () => {
        assert.equal(caCertHash(caCertificate), caCertificateHash);
    });
});
