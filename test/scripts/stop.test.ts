import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const repository = join(__dirname, "../..");
const stackFile = ".state/dev/backend/.pulumi/stacks/pulumi-kubeadm/dev.json";
const theirs = { PULUMI_BACKEND_URL: "s3://states" };
const destroyed = ["destroy --yes --skip-preview --stack dev --skip-plugin-pre-install", "stack rm --yes"];

/** A backend of the user's has the stack where there is a file `theirs`. */
const pulumi = String.raw`
[[ $1 != version ]] || { echo v3.259.0; exit; }
[[ $* != *"stack select"* || $* == *--create* || -e $FOLDER/theirs ]] || { echo "error: no stack named 'dev' found" >&2; exit 6; }`;

describe("npm stop", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "stop-"));
        ["scripts", "components", "Pulumi.yaml", "Pulumi.dev.yaml"].forEach((each) => {
            cpSync(join(repository, each), join(folder, each), { recursive: true });
        });
        write("node_modules/.package-lock.json", "{}");
        stub("pulumi", pulumi);
        stub("pulumi-language-nodejs", "");
        stub("docker", '[[ $1 != ps && $* != "network ls"* ]] || echo c0ffee');
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("destroys the cluster and leaves nothing of it", () => {
        startedHere();

        const run = stop();

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(destroying(), destroyed);
        assert.equal(existsSync(join(folder, ".state")), false);
    });

    const choices: { title: string; env: Record<string, string>; login?: string; named: string }[] = [
        { title: "PULUMI_BACKEND_URL", env: theirs, named: "s3://states" },
        { title: "a login", env: {}, login: "https://pulumi.example", named: "https://pulumi.example" },
        { title: "a token", env: { PULUMI_ACCESS_TOKEN: "pul-1" }, named: "the one of PULUMI_ACCESS_TOKEN" },
    ];
    choices.forEach(({ title, env, login, named }) => {
        it(`refuses another backend, by ${title}, than the one that has the cluster`, () => {
            startedHere();
            write(".pulumi/credentials.json", JSON.stringify({ current: login ?? "" }));

            const run = stop(env);

            assert.equal(run.status, 1);
            assert.ok(
                run.stderr.includes(
                    `the state of stack dev is in ${folder}/.state/dev/backend, but the backend that is chosen is ${named}; ` +
                        `put PULUMI_BACKEND_URL=file://${folder}/.state/dev/backend in front of the command`,
                ),
                run.stderr,
            );
            assert.deepEqual(destroying(), []);
            assert.ok(existsSync(join(folder, stackFile)));
        });
    });

    ["", "?metadata=skip"].forEach((query) => {
        it(`takes the backend that it told the user to name${query && `, with ${query}`}`, () => {
            startedHere();
            const env = { PULUMI_BACKEND_URL: `file://${folder}/.state/dev/backend${query}`, PULUMI_ACCESS_TOKEN: "p" };

            assert.equal(stop(env).status, 0);
            assert.equal(existsSync(join(folder, ".state")), false);
        });
    });

    it("refuses to forget a cluster that is in a backend of the user's when none is chosen", () => {
        write(".state/dev/kubeconfig", "the kubeconfig");

        const run = stop();

        assert.equal(run.status, 1);
        assert.match(
            run.stderr,
            /is in a backend of yours, and none is chosen; run pulumi login or set PULUMI_BACKEND_URL/,
        );
        assert.deepEqual(destroying(), []);
        assert.ok(existsSync(join(folder, ".state/dev/kubeconfig")));
    });

    it("keeps a backend here that is not the one that it destroyed", () => {
        ["kubeconfig", "passphrase", "backend/.pulumi/meta.yaml"].forEach((file) => {
            write(`.state/dev/${file}`, "content");
        });
        write("theirs", "");

        const run = stop(theirs);

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual(destroying(), destroyed);
        assert.deepEqual(readdirSync(join(folder, ".state/dev")).sort(), ["backend", "passphrase"]);
    });

    it("sees to Docker before it destroys machines that are containers", () => {
        startedHere();

        stop();

        const [first, ...later] = calls("").filter((line) => /^docker info|destroy/.test(line));
        assert.equal(first, "docker info");
        assert.match(later[0] ?? "", / destroy --yes /);
    });

    it("removes what an interrupted run made and never recorded", () => {
        write(".state/dev/passphrase", "content");

        assert.equal(stop().status, 0);
        assert.deepEqual(calls("docker rm"), [" --force --volumes c0ffee"]);
        assert.deepEqual(calls("docker network rm"), [" c0ffee"]);
        assert.equal(existsSync(join(folder, ".state")), false);
    });

    it("leaves alone local machines when the cluster is one of other machines, whatever its name", () => {
        write("Pulumi.dev.yaml", "config:\n  'pulumi-kubeadm:platform': 'aws'\n");
        write(".state/dev/passphrase", "content");

        assert.equal(stop().status, 0);
        assert.deepEqual([...calls("docker rm"), ...calls("docker network rm")], []);
    });

    it("leaves alone the machines of a cluster that another checkout made", () => {
        const run = stop();

        assert.equal(run.status, 0, run.stderr);
        assert.deepEqual([...calls("docker rm"), ...calls("docker network rm")], []);
    });

    it("destroys what only a backend of the user's knows of", () => {
        write("theirs", "");

        assert.equal(stop(theirs).status, 0);
        assert.deepEqual(destroying(), destroyed);
    });

    it("makes no stack to destroy where a backend of the user's has none", () => {
        const run = stop(theirs);

        assert.equal(run.status, 0, run.stderr);
        assert.match(run.stdout, /^stopped; /);
        assert.deepEqual(calls(`pulumi --cwd ${folder} `), ["--non-interactive stack select dev"]);
    });

    it("does not say that it is stopped where the backend does not answer", () => {
        write(".state/dev/login-key", "the login key");
        stub("pulumi", '[[ $1 == version ]] && echo v3.259.0 || { echo "error: no such bucket"; exit 255; }');

        const run = stop(theirs);

        assert.equal(run.status, 1);
        assert.match(
            run.stderr,
            /whether there is a stack dev is not learnt, and nothing was destroyed: error: no such bucket\n$/,
        );
        assert.equal(run.stdout, "");
        assert.ok(existsSync(join(folder, ".state/dev/login-key")));
    });

    ["--help", "--stack", "staging", "--stack=staging"].forEach((argument) => {
        it(`refuses ${argument}, and destroys nothing`, () => {
            startedHere();

            const run = stop({}, "--online", argument);

            assert.equal(run.status, 1);
            assert.match(
                run.stderr,
                new RegExp(`^${argument} is not known, and nothing was destroyed; npm stop takes `),
            );
            assert.deepEqual(calls("pulumi"), []);
        });
    });

    function startedHere(): void {
        write(stackFile, "{}");
        ["passphrase", "kubeconfig", "encryption"].forEach((file) => {
            write(`.state/dev/${file}`, "content");
        });
    }

    function stop(env: Record<string, string> = {}, ...args: string[]) {
        return spawnSync(join(folder, "scripts/stop.sh"), args, {
            encoding: "utf8",
            env: {
                HOME: folder,
                FOLDER: folder,
                PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
                PULUMI_KUBEADM_CACHE: join(folder, "cache"),
                PULUMI_KUBEADM_SOURCE: "online",
                ...env,
            },
        });
    }

    /** What was destroyed, without the flags of each backend. */
    function destroying(): string[] {
        return calls(`pulumi --cwd ${folder} `).flatMap(
            (line) => /^(destroy .*-install|stack rm --yes)/.exec(line)?.slice(1) ?? [],
        );
    }

    function calls(prefix: string): string[] {
        const file = join(folder, "calls");
        return (existsSync(file) ? readFileSync(file, "utf8") : "")
            .split("\n")
            .filter((line) => line.startsWith(prefix))
            .map((line) => line.slice(prefix.length));
    }

    function stub(command: string, body: string): void {
        write(`bin/${command}`, `#!/usr/bin/env bash\necho "${command} $*" >>"$FOLDER/calls"\n${body}\n`);
    }

    function write(path: string, content: string): void {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content, { mode: 0o755 });
    }
});
