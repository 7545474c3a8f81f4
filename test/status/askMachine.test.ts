import assert from "node:assert/strict";
import { reportFrom, sshArguments } from "../../status/askMachine";

describe("sshArguments", () => {
    it("lets only the pinned host key and the stack's login key count, and asks nobody", () => {
        assert.deepEqual(sshArguments({ ssh: ["-i", ".state/dev/login-key", "admin@172.30.0.11"] }), [
            "-F",
            "none",
            "-T",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "GlobalKnownHostsFile=none",
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "IdentityAgent=none",
            "-o",
            "ConnectTimeout=5",
            "-o",
            "ServerAliveInterval=5",
            "-o",
            "LogLevel=ERROR",
            "-i",
            ".state/dev/login-key",
            "admin@172.30.0.11",
            "sudo --non-interactive timeout --kill-after=5 20 bash -s -- inspect",
        ]);
    });
});

describe("reportFrom", () => {
    const table: { title: string; ended: Parameters<typeof reportFrom>[0]; problem: string }[] = [
        {
            title: "the last words of ssh",
            ended: {
                code: 255,
                stdout: "",
                stderr: "warning\nssh: connect to host 172.30.0.11 port 22: No route to host\n",
            },
            problem: "ssh: connect to host 172.30.0.11 port 22: No route to host",
        },
        {
            title: "what the script saw",
            ended: {
                code: 97,
                stdout: "",
                stderr: "\nFAILED  worker-1, while: start\n  seen:    cut ended with an error\n  cause:   …\n",
            },
            problem: "cut ended with an error",
        },
        {
            title: "the exit code of a silent ssh",
            ended: { code: 1, stdout: "", stderr: "" },
            problem: "ssh ended with 1",
        },
        {
            title: "the time limit there",
            ended: { code: 124, stdout: "", stderr: "" },
            problem: "no report within 20 s",
        },
        {
            title: "the time limit here",
            ended: { code: null, stdout: "", stderr: "" },
            problem: "no report within 20 s",
        },
        {
            title: "a report that is none",
            ended: { code: 0, stdout: "hello", stderr: "" },
            problem: "its report was cut off",
        },
    ];
    table.forEach(({ title, ended, problem }) => {
        it(`gives as its problem ${title}`, () => {
            assert.deepEqual(reportFrom(ended), { problem });
        });
    });

    it("reads a report", () => {
        const learnt = reportFrom({ code: 0, stdout: "record\t3\nend\n", stderr: "" });

        assert.equal("value" in learnt ? learnt.value.recordedFiles : undefined, 3);
    });
});
