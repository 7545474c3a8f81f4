import assert from "node:assert/strict";
import {
    certificate,
    certificates,
    kubeconfigWith,
    manifest,
    manifests,
    phases,
    type RunningNode,
    runningNode,
    state,
    wanted,
} from "../../support/runningNode";

const apiServer = `${certificates}/apiserver.crt`;
const record = `${state}/cert-sans`;
const names = ["127.0.0.1", "api.example.com"];
const soon = inDays(89);
const allRestart = [
    "ending kube-apiserver",
    "ending kube-controller-manager",
    "ending kube-scheduler",
    "ending etcd",
    "starting etcd",
    "starting kube-apiserver",
    "starting kube-controller-manager",
    "starting kube-scheduler",
];
const made = [
    "making the API server's certificate for its new names",
    "ending kube-apiserver",
    "starting kube-apiserver",
];

describe("the certificates of a control plane that is settled", () => {
    let node: RunningNode;

    beforeEach(() => {
        node = runningNode("control-plane");
        node.write(`${wanted}/renewed/pki/apiserver.crt`, certificate("2999-02-01", ...names));
        node.write(`${wanted}/renewed/pki/etcd/server.crt`, certificate("2999-02-02"));
        node.write(`${wanted}/renewed/admin.conf`, kubeconfigWith(certificate("2999-02-03")));
    });

    const ofEtcd = ["etcd/server", "etcd/peer", "etcd/healthcheck-client", "apiserver-etcd-client"];
    const ending = [
        ...["apiserver", "apiserver-kubelet-client", "front-proxy-client", ...ofEtcd].map((name) => ({
            file: `pki/${name}.crt`,
            text: (ends: string) => certificate(ends, ...names),
        })),
        ...["admin", "controller-manager", "scheduler"].map((name) => ({
            file: `${name}.conf`,
            text: (ends: string) => kubeconfigWith(certificate(ends)),
        })),
    ];

    ending.forEach(({ file, text }) => {
        it(`are all renewed, and all components restarted for them, when ${file} ends soon`, () => {
            node.write(`/etc/kubernetes/${file}`, text(soon));
            node.write(`${wanted}/renewed/${file}`, text("2999-02-01"));

            const run = node.settle();

            assert.equal(run.stderr, "");
            assert.deepEqual(phases(run).slice(1), [
                "renewing its certificates",
                ...allRestart,
                "certificates end 2999-02-01",
            ]);
            assert.deepEqual(
                node.kubeadm().filter((line) => line.startsWith("certs")),
                ["certs renew all"],
            );
            assert.equal(node.exists(`${state}/restart`), false);
        });
    });

    it("are left alone until then", () => {
        node.write(apiServer, certificate(inDays(92), ...names));

        assert.deepEqual(phases(node.settle()).slice(1), [`certificates end ${inDays(92)}`]);
    });

    it("are left alone when the one that ends soon is the client of external etcd, which the program makes", () => {
        const client = certificate(soon);
        node.remove(`${certificates}/etcd/ca.key`);

        const run = node.settle({
            FILE_PATHS: ["pki/apiserver-etcd-client.crt"],
            FILE_MODES: ["0644"],
            FILE_CONTENTS: [client],
        });

        assert.deepEqual(phases(run).slice(1), ["certificates end 2999-01-01"]);
        assert.equal(node.read(`${certificates}/apiserver-etcd-client.crt`).trim(), client.trim());
    });

    const own = [
        { title: "ends soon", text: certificate(soon) },
        { title: "cannot be read", text: "no certificate" },
    ];

    own.forEach(({ title, text }) => {
        it(`are left alone when one that is not kubeadm's ${title}`, () => {
            node.write(`${certificates}/public.crt`, text);
            node.write(`${certificates}/sni/apiserver.crt`, text);

            assert.deepEqual(phases(node.settle()).slice(1), ["certificates end 2999-01-01"]);
        });
    });

    it("are renewed with each version, as kubeadm does", () => {
        node.write(`${manifests}/kube-apiserver.yaml`, manifest("old", "1.36.4"));

        const run = node.settle();

        assert.deepEqual(phases(run).slice(1, -1), [
            "renewing its certificates",
            "taking a snapshot of etcd",
            ...allRestart,
        ]);
    });

    it("have all components restarted when a run was killed that had renewed them", () => {
        node.write(`${state}/restart`, "etcd\nkube-apiserver\nkube-controller-manager\nkube-scheduler\n");

        const run = node.settle();

        assert.deepEqual(phases(run).slice(1, -1), allRestart);
        assert.equal(node.exists(`${state}/restart`), false);
    });

    const renamed = [
        { title: "has a new name", described: [...names, "k8s.example.com"] },
        { title: "has a new address", described: [...names, "10.9.9.9"] },
        { title: "loses a name", described: ["127.0.0.1"] },
    ];

    renamed.forEach(({ title, described }) => {
        it(`are made anew for the API server alone when it ${title}`, () => {
            node.write(`${wanted}/apiserver.crt`, certificate("2999-01-01", ...described));

            const run = node.settle({ CERT_SANS: described });

            assert.equal(run.stderr, "");
            assert.deepEqual(phases(run).slice(1, -1), made);
            assert.equal(node.read(record), `${described.join(" ")}\n`);
            assert.equal(phases(node.settle({ CERT_SANS: described })).length, 2);
        });
    });

    it("are made anew where no record but the certificate tells that a name is missing", () => {
        const described = [...names, "k8s.example.com"];
        node.remove(record);
        node.write(`${wanted}/apiserver.crt`, certificate("2999-01-01", ...described));

        assert.deepEqual(phases(node.settle({ CERT_SANS: described })).slice(1, -1), made);
    });

    it("are made anew when a run was killed that had taken the old one away", () => {
        node.remove(apiServer);
        node.remove(record);
        node.write(`${wanted}/apiserver.crt`, certificate("2999-01-01", ...names));

        assert.deepEqual(phases(node.settle()).slice(1, -1), made);
    });

    it("are left alone where no record is needed: they have all names", () => {
        node.remove(record);

        const run = node.settle();

        assert.equal(phases(run).length, 2);
        assert.equal(node.read(record), "127.0.0.1 api.example.com\n");
        assert.equal(node.mode(record), "600");
    });

    it("tell the first of their ends", () => {
        node.write(`${certificates}/etcd/server.crt`, certificate("2998-12-31"));

        assert.equal(phases(node.settle()).at(-1), "certificates end 2998-12-31");
    });
});

function inDays(days: number): string {
    return new Date(Date.now() + days * 24 * 3600 * 1000).toISOString().slice(0, "2026-11-21".length);
}
