/** A policy of IAM, as JSON. */
export function policy(statements: readonly Readonly<Record<string, unknown>>[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Who may take a role: instances. */
export const trustOfInstances = policy([
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
]);
