import type { ClusterConfig } from "./clusterConfig";
import { isHost } from "./names";
import { cidrProblem } from "./network";
import { mapWith, type Reader, text } from "./readers";
import { hostKeyOf, hostKeyProblem, privateKeyProblems, userProblem } from "./ssh";

const cidrExample = "10.0.0.10/32";
const fields = ["host", "user", "hostKey", "from"] as const;

/** A bastion that is there, and not of the program's making. */
export interface AwsBastionSettings {
    /** Name or address, as this computer reaches it. */
    readonly host: string;
    /** Who logs in, and may use sudo without a password. */
    readonly user: string;
    /** "ssh-ed25519 AAAA...". */
    readonly hostKey: string;
    /** Id of its security group, or the CIDR that the machines see it in. */
    readonly from: string;
}

/** A bastion that is there. */
export const awsBastion: Reader<AwsBastionSettings> = (value) => {
    const given = mapWith("a bastion has", fields, value);
    const own = (field: (typeof fields)[number]): string => {
        const value = given[field];
        if (value === undefined) {
            throw new Error(`it has no ${field}; a bastion has ${fields.join(", ")}`);
        }
        return text(value).trim();
    };
    return { host: own("host"), user: own("user"), hostKey: hostKeyOf(own("hostKey")), from: own("from") };
};

/** What a bastion that is there needs, and what needs one. */
export function awsBastionRules({ awsBastion: bastion, awsBastionKey: key, awsVpc }: ClusterConfig): string[] {
    if (bastion === undefined) {
        return key === undefined ? [] : ["awsBastionKey: there is no awsBastion that it opens; give both, or none"];
    }
    const { host, user, hostKey, from } = bastion;
    return [
        ...(isHost(host)
            ? []
            : [`awsBastion: host: "${host}" is neither a name nor an address; for example bastion.example.com`]),
        ...[
            ["user", userProblem(user)],
            ["hostKey", hostKeyProblem(hostKey, "the bastion")],
        ].flatMap(([field, problem]) => (problem === undefined ? [] : [`awsBastion: ${field}: ${problem}`])),
        ...fromProblems(from),
        ...("id" in awsVpc
            ? []
            : ["awsBastion: it cannot reach a VPC that is to be made; give awsVpc the id and the subnets of its own"]),
        ...privateKeyProblems("awsBastionKey", key, "the bastion"),
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
