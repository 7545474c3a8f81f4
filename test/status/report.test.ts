import assert from "node:assert/strict";
import { caCertificate } from "../support/caCertificate";
import { parseReport } from "../../status/report";

const nothing = {
    services: [],
    components: [],
    certificates: [],
    etcd: undefined,
    snapshots: undefined,
    backends: [],
    recordedFiles: undefined,
    changedFiles: [],
    problems: [],
};

describe("the report of a machine", () => {
    const table: { line: string; expected: object }[] = [
        {
            line: "service\tkubelet\tactive\t1.37.1\t1.37.2",
            expected: { services: [{ name: "kubelet", state: "active", running: "1.37.1", installed: "1.37.2" }] },
        },
        {
            line: "service\tkubelet\tinactive\t-\t1.37.1",
            expected: { services: [{ name: "kubelet", state: "inactive", running: "", installed: "1.37.1" }] },
        },
        {
            line: "component\tkube-apiserver\tv1.37.1\tyes",
            expected: { components: [{ name: "kube-apiserver", tag: "v1.37.1", isReady: true }] },
        },
        {
            line: "component\tkube-scheduler\tv1.37.1\tno",
            expected: { components: [{ name: "kube-scheduler", tag: "v1.37.1", isReady: false }] },
        },
        {
            line: `certificate\t/a.crt\t${caCertificate.replace(/-----.*-----|\n/g, "")}`,
            expected: { certificates: [{ file: "/a.crt", end: new Date("2126-10-28T04:42:17Z") }] },
        },
        {
            line: `certificate\t/a.conf\t${Buffer.from(caCertificate).toString("base64")}`,
            expected: { certificates: [{ file: "/a.conf", end: new Date("2126-10-28T04:42:17Z") }] },
        },
        { line: "certificate\t/a.crt\t-", expected: { certificates: [{ file: "/a.crt", end: undefined }] } },
        {
            line: 'etcd\tstatus\t{"a": 1}\netcd\terror\tno quorum',
            expected: { etcd: { status: '{"a": 1}', error: "no quorum" } },
        },
        {
            line: "snapshots\tactive\tsuccess\tetcd-20261121T130049Z-scheduled.db",
            expected: {
                snapshots: { schedule: "active", lastRun: "success", newest: new Date("2026-11-21T13:00:49Z") },
            },
        },
        {
            line: "snapshots\tactive\tsuccess\t-",
            expected: { snapshots: { schedule: "active", lastRun: "success", newest: undefined } },
        },
        {
            line: "backend\tcontrol-plane-1\tUP\tL7OK",
            expected: { backends: [{ name: "control-plane-1", state: "UP", check: "L7OK" }] },
        },
        { line: "record\t7", expected: { recordedFiles: 7 } },
        { line: "record\t-", expected: {} },
        { line: "record", expected: {} },
        { line: "file\tchanged\t/a b", expected: { changedFiles: [{ path: "/a b", state: "changed" }] } },
        { line: "file\tmissing\t/a", expected: { changedFiles: [{ path: "/a", state: "missing" }] } },
        { line: "file\tunknown\t/a", expected: { changedFiles: [{ path: "/a", state: "unknown" }] } },
        { line: "error\tcontainerd\tno such socket", expected: { problems: ["containerd: no such socket"] } },
    ];
    table.forEach(({ line, expected }) => {
        it(`reads ${JSON.stringify(line.slice(0, 60))}`, () => {
            assert.deepEqual(parseReport(`${line}\nend\n`), { ...nothing, ...expected });
        });
    });

    it("is refused when its end is missing", () => {
        assert.throws(() => parseReport("record\t7\n"), { message: "its report was cut off" });
        assert.throws(() => parseReport(""), { message: "its report was cut off" });
    });

    it("is refused with a line that means nothing", () => {
        assert.throws(() => parseReport("Welcome!\nend\n"), { message: 'its report has a line "Welcome!"' });
    });
});
