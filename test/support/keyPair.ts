import { utils } from "ssh2";

export interface KeyPair {
    readonly private: string;
    /** As in authorized_keys. */
    readonly public: string;
}

/** A new ed25519 key pair, whose private key may be encrypted. */
export function keyPair(passphrase?: string): KeyPair {
    const pair =
        passphrase === undefined
            ? utils.generateKeyPairSync("ed25519")
            : utils.generateKeyPairSync("ed25519", { passphrase, cipher: "aes256-cbc", rounds: 1 });
    const isReadable = [utils.parseKey(pair.private, passphrase), utils.parseKey(pair.public)].every(
        (key) => !(key instanceof Error),
    );
    // ssh2 writes about one key in a hundred wrongly.
    return isReadable ? pair : keyPair(passphrase);
}
