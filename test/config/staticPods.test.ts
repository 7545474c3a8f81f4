import assert from "node:assert/strict";
import { configOf, problemsOf } from "../support/configOf";

const audit = { name: "audit", hostPath: "/srv/audit", mountPath: "/etc/kubernetes/audit" };

describe("volumes and variables of static pods", () => {
    it("are read by component, a volume with all of its fields", () => {
        const config = configOf({
            extraVolumes: {
                apiServer: [audit, { ...audit, name: "b", mountPath: "/b", readOnly: true, pathType: "File" }],
            },
            extraEnvs: { scheduler: { GOGC: 90 } },
        });

        assert.deepEqual(config.extraVolumes, {
            apiServer: [
                { ...audit, readOnly: false, pathType: "" },
                { ...audit, name: "b", mountPath: "/b", readOnly: true, pathType: "File" },
            ],
        });
        assert.deepEqual(config.extraEnvs, { scheduler: { GOGC: "90" } });
    });

    it("are none by default", () => {
        const { extraVolumes, extraEnvs } = configOf({});

        assert.deepEqual([extraVolumes, extraEnvs], [{}, {}]);
    });

    const mounts: { title: string; given: unknown; expected: string }[] = [
        {
            title: "no list",
            given: audit,
            expected: "extraVolumes: apiServer: " + `${JSON.stringify(audit)} is not a list; for example [a, b]`,
        },
        {
            title: "a field that there is not",
            given: [{ ...audit, readonly: true }],
            expected:
                'extraVolumes: apiServer: "readonly" is not known; a volume has name, hostPath, mountPath, readOnly, pathType',
        },
        {
            title: "a volume without a name",
            given: [{ hostPath: "/srv", mountPath: "/srv" }],
            expected:
                'extraVolumes: apiServer: {"hostPath":"/srv","mountPath":"/srv"} lacks name, hostPath or mountPath; ' +
                "for example {name: audit, hostPath: /etc/kubernetes/audit, mountPath: /etc/kubernetes/audit, readOnly: true}",
        },
        {
            title: "a name that is no label",
            given: [{ ...audit, name: "Audit" }],
            expected: 'extraVolumes: apiServer: "Audit" is not a DNS label; for example audit',
        },
        {
            title: "a volume of kubeadm's",
            given: [{ ...audit, name: "k8s-certs" }],
            expected: "extraVolumes: apiServer: k8s-certs is a volume of kubeadm's; give it another name",
        },
        {
            title: "the place of one of kubeadm's",
            given: [{ ...audit, mountPath: "/etc/kubernetes/pki" }],
            expected:
                "extraVolumes: apiServer: audit: kubeadm mounts /etc/kubernetes/pki itself; give another mountPath",
        },
        {
            title: "the same place in another form",
            given: [{ ...audit, mountPath: "/etc//kubernetes/./pki/" }],
            expected:
                "extraVolumes: apiServer: audit: kubeadm mounts /etc//kubernetes/./pki/ itself; give another mountPath",
        },
        {
            title: "a path on the machine that goes back up",
            given: [{ ...audit, hostPath: "/srv/../audit" }],
            expected: 'extraVolumes: apiServer: audit: "/srv/../audit" goes back up; write /audit',
        },
        {
            title: "a path in the pod that goes back up",
            given: [{ ...audit, mountPath: "/etc/kubernetes/audit/.." }],
            expected: 'extraVolumes: apiServer: audit: "/etc/kubernetes/audit/.." goes back up; write /etc/kubernetes',
        },
        {
            title: "a path from somewhere",
            given: [{ ...audit, hostPath: "srv/audit" }],
            expected:
                'extraVolumes: apiServer: audit: "srv/audit" is not a path from the root; for example /etc/kubernetes/audit',
        },
        {
            title: "a type that there is not",
            given: [{ ...audit, pathType: "Folder" }],
            expected:
                'extraVolumes: apiServer: audit: pathType "Folder" is not known; ' +
                "use DirectoryOrCreate, Directory, FileOrCreate, File, Socket, CharDevice, BlockDevice",
        },
        {
            title: "two volumes at one place",
            given: [audit, { ...audit, name: "b", mountPath: "/etc/kubernetes/audit/" }],
            expected: "extraVolumes: apiServer: mountPath /etc/kubernetes/audit is given more than once",
        },
    ];

    mounts.forEach(({ title, given, expected }) => {
        it(`refuse ${title}`, () => {
            assert.deepEqual(problemsOf({ extraVolumes: { apiServer: given } }), [expected]);
        });
    });

    it("refuse a component that is no static pod of kubeadm's control plane", () => {
        assert.deepEqual(problemsOf({ extraVolumes: { kubelet: [] }, extraEnvs: { apiserver: {} } }), [
            'extraVolumes: "kubelet" is not known; static pods are apiServer, controllerManager, scheduler',
            'extraEnvs: "apiserver" is not known; static pods are apiServer, controllerManager, scheduler',
        ]);
    });

    it("refuse what is not the name of a variable", () => {
        assert.deepEqual(problemsOf({ extraEnvs: { apiServer: { "A=B": "c" } } }), [
            'extraEnvs: apiServer: "A=B" is not the name of a variable; for example HTTPS_PROXY',
        ]);
    });

    it("may be where kubeadm has none for the same component", () => {
        const pki = { name: "pki", hostPath: "/etc/kubernetes/pki", mountPath: "/etc/kubernetes/pki", readOnly: true };

        assert.deepEqual(problemsOf({ extraVolumes: { scheduler: [pki] } }), []);
    });

    it("let a flag name a file that a volume shows", () => {
        const apiServerExtraArgs = { "audit-policy-file": "/etc/kubernetes/audit/policy.yaml" };
        const slashed = { ...audit, mountPath: "/etc/kubernetes/audit/" };

        assert.deepEqual(problemsOf({ apiServerExtraArgs, extraVolumes: { apiServer: [audit] } }), []);
        assert.deepEqual(problemsOf({ apiServerExtraArgs, extraVolumes: { apiServer: [slashed] } }), []);
        assert.deepEqual(problemsOf({ apiServerExtraArgs, extraVolumes: { scheduler: [audit] } }), [
            "apiServerExtraArgs: audit-policy-file: kube-apiserver does not see /etc/kubernetes/audit/policy.yaml of its machine; " +
                "put it on each control plane, and give extraVolumes: apiServer its folder",
        ]);
    });
});
