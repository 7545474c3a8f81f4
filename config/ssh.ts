/** A host key without the comment that a line of a .pub file ends with. */
export function hostKeyOf(line: string): string {
    return line.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** What is wrong with a text as host key; nothing when it is fine. */
export function hostKeyProblem(key: string, machine: string): string | undefined {
    return /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/.test(key)
        ? undefined
        : `"${key}" is not an ed25519 host key; copy it from ${machine}'s /etc/ssh/ssh_host_ed25519_key.pub`;
}

/** What is wrong with a text as name of a user; nothing when it is fine. */
export function userProblem(user: string): string | undefined {
    return /^[a-z_][a-z0-9_-]{0,31}$/.test(user) ? undefined : `"${user}" is not the name of a user; for example admin`;
}

/** What is wrong with the private key that a secret setting holds, if there is any. Never shows the key. */
export function privateKeyProblems(setting: string, key: string | undefined, machine: string): string[] {
    const set = `npm run pulumi -- config set --secret ${setting} < FILE`;
    if (key === undefined) {
        return [`${setting}: the key that opens ${machine} is missing; ${set}`];
    }
    const [, kind = "", body = ""] = /^-----BEGIN ([A-Z ]*PRIVATE KEY)-----\r?\n(.+?)-----END/s.exec(key) ?? [];
    if (kind === "") {
        return [`${setting}: it is not a private key; ${set}`];
    }
    // The first words of OpenSSH's format are its name and the cipher.
    const head = Buffer.from(body, "base64").toString("latin1");
    const isLocked = /ENCRYPTED/.test(kind + body) || (head.startsWith("openssh-key-v1") && !/^.{19}none/s.test(head));
    return isLocked
        ? [`${setting}: it has a passphrase, which nobody is there to type; make a key without one for this cluster`]
        : [];
}
