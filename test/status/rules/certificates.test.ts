import assert from "node:assert/strict";
import { judge } from "../../../status/judge";
import { findings } from "../../support/findings";
import { describedCluster, inDays, seenCluster } from "../../support/seenCluster";

const apiServer = "/etc/kubernetes/pki/apiserver.crt";
const wrong = "wrong, certificates, control-plane-1:";

/** A control plane with one certificate. */
function certificate(end: Date | undefined, file = apiServer) {
    return { machines: { "control-plane-1": { certificates: [{ file, end }] } } };
}

describe("the rule of certificates", () => {
    const table: { title: string; days: number; limit?: number; expected: string[] }[] = [
        { title: "20 days left", days: 20, expected: [`${wrong} ${apiServer} ends in 20 days, on 2026-12-11`] },
        { title: "20 and a half", days: 20.5, expected: [`${wrong} ${apiServer} ends in 20 days, on 2026-12-12`] },
        { title: "one day left", days: 1, expected: [`${wrong} ${apiServer} ends in 1 day, on 2026-11-22`] },
        { title: "an hour left", days: 1 / 24, expected: [`${wrong} ${apiServer} ends in 0 days, on 2026-11-21`] },
        { title: "ended", days: -1, expected: [`${wrong} ${apiServer} ended on 2026-11-20`] },
        { title: "30 days left", days: 30, expected: [] },
        { title: "20 days left, and 20 are enough", days: 20, limit: 20, expected: [] },
        {
            title: "60 days left, and 90 are asked for",
            days: 60,
            limit: 90,
            expected: [`${wrong} ${apiServer} ends in 60 days, on 2027-01-20`],
        },
    ];
    table.forEach(({ title, days, limit, expected }) => {
        it(title, () => {
            assert.deepEqual(findings(certificate(inDays(days)), limit), expected);
        });
    });

    it("does not know the end of what it cannot read", () => {
        assert.deepEqual(findings(certificate(undefined)), [
            `unknown, certificates, control-plane-1: the certificate in ${apiServer} cannot be read`,
        ]);
    });

    it("looks at the stack's own kubeconfig", () => {
        assert.deepEqual(findings({ kubeconfigEnd: inDays(10) }), [
            "wrong, certificates, cluster: kubeconfig ends in 10 days, on 2026-12-01",
        ]);
    });

    const repairs: [file: string, repair: RegExp][] = [
        [apiServer, /^npm start renews what ends within/],
        ["/etc/kubernetes/admin.conf", /^npm start renews what ends within/],
        ["/etc/kubernetes/pki/apiserver-kubelet-client.crt", /^npm start renews what ends within/],
        ["/etc/kubernetes/pki/etcd/healthcheck-client.crt", /^npm start renews what ends within/],
        ["/etc/kubernetes/pki/public.crt", /^it is not kubeadm's, so put another one there yourself/],
        ["/etc/kubernetes/pki/etcd/ca.crt", /^a CA has to be replaced/],
        ["/etc/kubernetes/pki/front-proxy-ca.crt", /^a CA has to be replaced/],
        ["/etc/haproxy/kubernetes-ca.crt", /^a CA has to be replaced/],
        ["/var/lib/kubelet/pki/kubelet-client-current.pem", /^the kubelet renews it by itself/],
        ["/etc/etcd/pki/server.crt", /^npm start renews it/],
    ];
    repairs.forEach(([file, repair]) => {
        it(`says how ${file} is renewed`, () => {
            const described = describedCluster();
            const seen = seenCluster(described, certificate(inDays(1), file));

            assert.match(judge(described, seen, { certificateDays: 30 })[0]?.repair ?? "", repair);
        });
    });
});
