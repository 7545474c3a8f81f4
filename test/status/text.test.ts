import assert from "node:assert/strict";
import { statusOf } from "../../status/status";
import { summary, text } from "../../status/text";
import { describedCluster, type Differences, inDays, seenCluster } from "../support/seenCluster";

function textOf(differences: Differences, controlPlanes = 1, workers = 1): string {
    const described = describedCluster(controlPlanes, workers);
    return text(statusOf("prod", described, seenCluster(described, differences), { certificateDays: 30 }));
}

describe("the text of a status", () => {
    it("is a summary and a table for each section", () => {
        assert.equal(
            textOf({}),
            `dev: healthy

nodes
NODE             HEALTH  STATE  DESCRIBED  KUBELET  CONTROL PLANE  CONTAINERD
control-plane-1  ok      Ready  1.37.1     1.37.1   1.37.1         2.3.7
worker-1         ok      Ready  1.37.1     1.37.1   -              2.3.7

etcd: 1 of 1 healthy, the quorum is 1
MEMBER           HEALTH  STATE   VERSION  SIZE          ALARMS
control-plane-1  ok      leader  3.7.0    4.0 MiB, 0 %  -

snapshots of etcd
MACHINE          HEALTH  SCHEDULE  LAST RUN  NEWEST
control-plane-1  ok      active    success   2026-11-21T11:00:17Z

load balancer
MACHINE        HEALTH  LEADS TO         STATE  CHECK
load-balancer  ok      control-plane-1  UP     L7OK

certificates
MACHINE          HEALTH  COUNT  DAYS LEFT  THE FIRST TO END
load-balancer    ok      1      3600       /etc/haproxy/kubernetes-ca.crt
control-plane-1  ok      2      364        /var/lib/kubelet/pki/kubelet-client-current.pem
worker-1         ok      1      364        /var/lib/kubelet/pki/kubelet-client-current.pem
cluster          ok      1      360        kubeconfig

drift
MACHINE          HEALTH  FILES  NOT AS DESCRIBED
load-balancer    ok      2      -
control-plane-1  ok      9      -
worker-1         ok      4      -
`,
        );
    });

    it("ends with what was found and what to do, the worst first", () => {
        const scheduler = "/etc/kubernetes/manifests/kube-scheduler.yaml";

        const shown = textOf({
            kubeconfigEnd: undefined,
            machines: {
                "control-plane-1": { changedFiles: [{ path: scheduler, state: "changed" }] },
                "worker-1": { recordedFiles: undefined },
            },
        });

        assert.match(shown, /^dev: 1 thing is wrong, 1 could not be learnt\n/);
        assert.equal(
            shown.slice(shown.indexOf("drift\n")),
            `drift
MACHINE          HEALTH  FILES         NOT AS DESCRIBED
load-balancer    ok      2             -
control-plane-1  WRONG   9             ${scheduler} (changed)
worker-1         ok      not recorded  -

WRONG
  control-plane-1: ${scheduler} was changed
      npm start, if an update was interrupted; else put it back, or have the machine settled anew (docs/tasks/status.md); what is wanted belongs in the configuration

COULD NOT BE LEARNT
  cluster: the certificate in kubeconfig cannot be read
      openssl x509 -in that file says what it is

GOOD TO KNOW
  worker-1: has no record of what its files should hold
      npm start writes it when the machine is settled next
`,
        );
    });

    it("leaves the healthy rows of long tables out", () => {
        const machines = { "worker-70": { certificates: [{ file: "/a.crt", end: inDays(3) }] } };

        const shown = textOf({ machines }, 3, 290);

        assert.match(shown, /\nnodes\nNODE  HEALTH .*\n293 more are ok\n\n/);
        assert.match(shown, /\nMACHINE    HEALTH .*\nworker-70  WRONG   1      3 +\/a\.crt\n294 more are ok\n\n/);
    });
});

describe("summary", () => {
    const table: { severities: ("wrong" | "unknown" | "note")[]; expected: string }[] = [
        { severities: [], expected: "healthy" },
        { severities: ["note"], expected: "healthy" },
        { severities: ["wrong"], expected: "1 thing is wrong" },
        { severities: ["wrong", "wrong", "note"], expected: "2 things are wrong" },
        { severities: ["unknown"], expected: "1 could not be learnt" },
        { severities: ["wrong", "unknown", "unknown"], expected: "1 thing is wrong, 2 could not be learnt" },
    ];
    table.forEach(({ severities, expected }) => {
        it(`of [${severities.join(", ")}] is: ${expected}`, () => {
            const findings = severities.map((severity) => ({
                severity,
                section: "nodes" as const,
                subject: "worker-1",
                what: "",
                repair: "",
            }));

            assert.equal(summary({ findings }), expected);
        });
    });
});
