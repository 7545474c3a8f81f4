import type { FakeNode } from "./fakeNode";

/** Where the fake parameter keeps its value on the fake machine. */
export const parameterFile = "/var/parameter";

/** Credentials of the fake instance's role. */
export const credentials = { id: "ASIAEXAMPLE", key: "secret/key+1", session: "session-token" };

/**
 * Makes a fake machine an instance on AWS: the metadata service answers, and so do the Parameter Store and the group.
 * `others` is what curl does for all else, `group` for a call to auto scaling.
 */
export function makeInstance(node: FakeNode, { others = "exit 7", group = "echo '<ok/>'" } = {}): void {
    const { id, key, session } = credentials;
    node.stub(
        "curl",
        `case $line in
        *latest/api/token) echo imds-session ;;
        *instance-id) echo i-0abc123 ;;
        *local-ipv4) echo 10.0.7.9 ;;
        *placement/availability-zone) echo eu-central-1b ;;
        *placement/region) echo eu-central-1 ;;
        *services/domain) echo amazonaws.com ;;
        *instance-type) echo m7g.large ;;
        *instance-life-cycle) echo spot ;;
        *security-credentials/) echo pool-role ;;
        *security-credentials/pool-role)
          printf '%s\\n' '{' '  "Code" : "Success",' '  "AccessKeyId" : "${id}",' '  "SecretAccessKey" : "${key}",' '  "Token" : "${session}"' '}' ;;
        *AmazonSSM.GetParameter*)
          printf '{"Parameter":{"Name":"/dev/join-token","Type":"SecureString","Value":"%s","Version":3}}' "$(cat '${node.path(parameterFile)}')" ;;
        *AmazonSSM.PutParameter*) echo '{"Version":4}' ;;
        *https://autoscaling.*) ${group} ;;
        *) ${others} ;;
        esac`,
    );
}
