import type { AwsBastionSettings, ClusterConfig } from "../config";
import { isDnsSubdomain } from "./names";
import { cidrProblem } from "./network";
import { anyMap, type Reader, text } from "./readers";

const cidrExample = "10.0.0.10/32";
const hostKeyForm = /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/;
const fields = ["host", "user", "hostKey", "from"] as const;

/** A bastion that is there. */
export const awsBastion: Reader<AwsBastionSettings> = (value) => {
    const given = anyMap(value);
    const unknown = Object.keys(given).find((key) => !fields.some((field) => field === key));
    if (unknown !== undefined) {
        throw new Error(`${JSON.stringify(unknown)} is not known; a bastion has ${fields.join(", ")}`);
    }
    const own = (field: (typeof fields)[number]): string => {
        const value = given[field];
        if (value === undefined) {
            throw new Error(`it has no ${field}; a bastion has ${fields.join(", ")}`);
        }
        return text(value).trim();
    };
    // A line of a .pub file ends with a comment.
    const hostKey = own("hostKey").split(/\s+/).slice(0, 2).join(" ");
    return { host: own("host"), user: own("user"), hostKey, from: own("from") };
};

/** What a bastion that is there needs, and what needs one. */
export function awsBastionRules({ awsBastion: bastion, awsBastionKey: key, awsVpc }: ClusterConfig): string[] {
    if (bastion === undefined) {
        return key === undefined ? [] : ["awsBastionKey: there is no awsBastion that it opens; give both, or none"];
    }
    const { host, user, hostKey, from } = bastion;
    return [
        ...(isDnsSubdomain(host)
            ? []
            : [`awsBastion: host: "${host}" is neither a name nor an address; for example bastion.example.com`]),
        ...(/^[a-z_][a-z0-9_-]{0,31}$/.test(user)
            ? []
            : [`awsBastion: user: "${user}" is not the name of a user; for example admin`]),
        ...(hostKeyForm.test(hostKey)
            ? []
            : [
                  `awsBastion: hostKey: "${hostKey}" is not an ed25519 host key; copy it from the bastion's ` +
                      "/etc/ssh/ssh_host_ed25519_key.pub",
              ]),
        ...fromProblems(from),
        ...("id" in awsVpc
            ? []
            : ["awsBastion: it cannot reach a VPC that is to be made; give awsVpc the id and the subnets of its own"]),
        ...keyProblems(key),
    ];
}

function fromProblems(from: string): string[] {
    if (/^sg-[0-9a-f]+$/.test(from)) {
        return [];
    }
    if (from.endsWith("/0")) {
        return [`awsBastion: from: ${from} is everybody; give the bastion's security group, for example sg-0a1b2c3d`];
    }
    const problem = cidrProblem(from, cidrExample);
    return problem === undefined
        ? []
        : [`awsBastion: from: ${problem}; or give the bastion's security group, for example sg-0a1b2c3d`];
}

/** Never shows the key. */
function keyProblems(key: string | undefined): string[] {
    const set = "npm run pulumi -- config set --secret awsBastionKey < FILE";
    if (key === undefined) {
        return [`awsBastionKey: the key that opens the bastion is missing; ${set}`];
    }
    const [, kind = "", body = ""] = /^-----BEGIN ([A-Z ]*PRIVATE KEY)-----\r?\n(.+?)-----END/s.exec(key) ?? [];
    if (kind === "") {
        return [`awsBastionKey: it is not a private key; ${set}`];
    }
    // The first words of OpenSSH's format are its name and the cipher.
    const head = Buffer.from(body, "base64").toString("latin1");
    const isLocked = /ENCRYPTED/.test(kind + body) || (head.startsWith("openssh-key-v1") && !/^.{19}none/s.test(head));
    return isLocked
        ? ["awsBastionKey: it has a passphrase, which nobody is there to type; make a key without one for this cluster"]
        : [];
}
