import { cluster, nodes } from "../support/shared";

/**
 * Answers with its node's name, and is ready once it has had the answers of all nodes through the Service. The name is
 * looked up apart, since nc of a static busybox cannot.
 */
const script = `
while true; do echo "$NODE" | nc -l -p 8080; done &
while true; do
  address=$(nslookup answers.default.svc.cluster.local | awk '/^Address/ && !/:53$/ {print $NF}')
  answer=$([ -n "$address" ] && nc -w 2 "$address" 8080 </dev/null)
  [ -z "$answer" ] || : >"/tmp/seen-$answer"
  seen=$(ls /tmp | grep -c '^seen-')
  echo "$address answered: $answer; $seen of $NODES nodes"
  [ "$seen" -lt "$NODES" ] || : >/tmp/ready
  sleep 0.2
done
`;

describe("a pod on every node", () => {
    before(() => cluster.isStarted());

    it("reaches by name a Service with endpoints on all nodes", async () => {
        await cluster.kubectl(["apply", "--filename", "-"], list(await cluster.imageWithShell()));

        await cluster
            .kubectl(["rollout", "status", "daemonset/answers", "--timeout", "120s"])
            .catch(async (error: unknown) => {
                throw new Error(
                    await cluster.kubectl(["logs", "--selector", "app=answers", "--prefix", "--tail", "3"]),
                    { cause: error },
                );
            });
    });
});

function list(image: string): unknown {
    const metadata = { name: "answers", labels: { app: "answers" } };
    const container = {
        name: "answers",
        image,
        command: ["/bin/busybox", "sh", "-c", script],
        env: [
            { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
            { name: "NODES", value: String(nodes.length) },
        ],
        readinessProbe: { exec: { command: ["/bin/busybox", "cat", "/tmp/ready"] }, periodSeconds: 1 },
    };
    const spec = { tolerations: [{ operator: "Exists" }], terminationGracePeriodSeconds: 0, containers: [container] };
    return {
        apiVersion: "v1",
        kind: "List",
        items: [
            {
                apiVersion: "v1",
                kind: "Service",
                metadata,
                spec: { selector: metadata.labels, ports: [{ port: 8080 }], publishNotReadyAddresses: true },
            },
            {
                apiVersion: "apps/v1",
                kind: "DaemonSet",
                metadata,
                spec: { selector: { matchLabels: metadata.labels }, template: { metadata, spec } },
            },
        ],
    };
}
