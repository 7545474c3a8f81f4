const signature = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;
const shortestSecret = 16;

/** Texts by which each secret of a deployment can be found, in whatever form: as it is, in one line, or as base64. */
export function needlesOf(deployment: unknown): string[] {
    return [...new Set(secretTexts(deployment).flatMap(needles))];
}

/** The needles that a text holds, cut short so that a report does not spread them. */
export function found(text: string, wanted: readonly string[]): string[] {
    return wanted
        .filter((needle) => text.includes(needle))
        .map((needle) => `${needle.slice(0, 8)}… (${needle.length})`);
}

function secretTexts(value: unknown, isSecret = false): string[] {
    if (typeof value === "string") {
        return isSecret ? [value] : [];
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const fields = new Map<string, unknown>(Object.entries(value));
    if (fields.get(signature[0]) === signature[1]) {
        const plain = fields.get("plaintext");
        return secretTexts(typeof plain === "string" ? JSON.parse(plain) : fields.get("value"), true);
    }
    // Of a connection, which is secret as a whole, only the key is one.
    return [...fields].flatMap(([key, each]) => (isPublic(key) ? [] : secretTexts(each, isSecret)));
}

function isPublic(key: string): boolean {
    return key === "host" || key === "hostKey" || key === "user";
}

/** A script or a kubeconfig is secret for the keys in it; a value of one line for itself. */
function needles(text: string): string[] {
    const keys = [...text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----\n([\s\S]*?)\n-----END/g)];
    const encoded = [...text.matchAll(/client-key-data: *(\S+)/g)].map(([, data]) => middle(data ?? ""));
    const isOneLine = !text.includes("\n") && text.length >= shortestSecret;
    return [
        ...keys.map(([, body]) => middleLine(body ?? "")),
        ...keys.map(([whole]) => middle(Buffer.from(whole).toString("base64"))),
        ...encoded,
        ...(isOneLine ? [text, Buffer.from(text).toString("base64").replace(/.?=*$/, "")] : []),
        // The secret half of a bootstrap token.
        ...(/^[a-z0-9]{22}$/.test(text) ? [text.slice(6)] : []),
    ];
}

function middleLine(body: string): string {
    const lines = body.trim().split("\n");
    return lines[Math.floor(lines.length / 2)] ?? body;
}

function middle(text: string): string {
    const start = Math.floor(text.length / 2) - 20;
    return text.slice(start, start + 40);
}
