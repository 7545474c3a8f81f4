import { spawnSync } from "node:child_process";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readlinkSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { quote, type Script, type Value } from "../../components/remote/script";

/** What a run of a script left. */
export interface Run {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** What a stub does: one piece of bash, or one for each part of the command line that it answers; nothing otherwise. */
export type StubBody = string | Readonly<Record<string, string>>;

/** A folder that scripts take for a machine's file system, with stubs for all commands that would change a machine. */
export interface FakeNode {
    /** Puts a command on the machine. In its body, `$line` is the command line. */
    stub(command: string, body?: StubBody): void;
    /** Takes a command away. */
    unstub(command: string): void;
    /** Runs a script as a RemoteScript does: on the stdin of `bash -s -- ACTION`. */
    run(
        script: Pick<Script, "render">,
        values: Readonly<Record<string, Value>>,
        action?: "create" | "update" | "delete",
    ): Run;
    /** Command lines of all stubs, in order; with `prefix`, those that begin so. Files that bash makes show as FILE. */
    calls(prefix?: string): string[];
    /** What stubs were given on stdin (`-`) and in files that bash makes. */
    inputs(): string;
    /** Paths here and below are those of the machine: `/etc/kubernetes`. */
    write(path: string, content?: string, mode?: number): void;
    /** Puts a socket there that nobody answers. */
    socket(path: string): void;
    remove(path: string): void;
    read(path: string): string;
    exists(path: string): boolean;
    /** Octal: "600". */
    mode(path: string): string;
    /** What a symbolic link leads to. */
    linkOf(path: string): string;
    /** All files on the machine with their content. */
    files(): Readonly<Record<string, string>>;
    /** Where a path of the machine is on this computer. */
    path(path: string): string;
}

/**
 * Absolute paths of a machine. Every one in a script is moved below the fake machine; a path that goes on from
 * something else (`$folder/etc`, `https://host/run`) is none.
 */
const machinePaths = /(?<![\w.$})/])\/(?=(?:etc|run|var|proc|sys|opt|usr\/local)\b)/g;

/** What scripts may use of this computer. All else is a stub or missing, so that no test can change the computer. */
const tools =
    "awk base64 bash cat cmp cp cut date env find grep gzip head install ln ls mawk mkdir mktemp mv od paste rm rmdir sed sha256sum sort stat tail tar timeout touch tr wc".split(
        " ",
    );

/** A healthy machine with nothing of Kubernetes on it. */
const healthy: Readonly<Record<string, StubBody>> = {
    conntrack: "",
    curl: "exit 7",
    df: "echo Avail; echo 20000MiB",
    flock: "",
    iptables: "",
    journalctl: "",
    containerd: "",
    ctr: "",
    kubeadm: "",
    kubectl: "",
    modprobe: "",
    nft: "",
    nproc: "echo 4",
    openssl: { dgst: 'sha256sum "${!#}"', x509: "echo 'notBefore=Jan  1 00:00:00 2024 GMT'" },
    pidof: "exit 1",
    ss: "",
    stat: 'case $line in *%T*) echo cgroup2fs ;; *) exec "$TOOLS/stat" "$@" ;; esac',
    swapoff: "",
    sysctl: "",
    systemctl: "",
    uname: "echo x86_64",
};

/** In front of a stub's body: notes the command line, and what it was given. */
const recording = `#!/usr/bin/env bash
line=\${0##*/}
for argument in "$@"; do
  case $argument in
    -) line+=" -"; printf '%s\\n' "$(</dev/stdin)" >>"$LOG/inputs" ;;
    /dev/fd/*) line+=" FILE"; printf '%s\\n' "$(<"$argument")" >>"$LOG/inputs" ;;
    *) line+=" \${argument//$'\\n'/ }" ;;
  esac
done
printf '%s\\n' "$line" >>"$LOG/calls"
`;

/** In front of a script: time passes by itself, so that waits reach their limits at once. */
const quickTime = "sleep() { ((SECONDS += 450)); }";

/** Makes a healthy machine with nothing of Kubernetes on it. */
export function fakeNode(): FakeNode {
    const folder = mkdtempSync(join(parentFolder(), "node-"));
    const root = join(folder, "root");
    const path = (machinePath: string): string => join(root, machinePath);
    const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
    const write = (file: string, content: string, mode: number): void => {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content, { mode });
    };

    const node: FakeNode = {
        stub: (command, body = "") => {
            write(join(folder, "bin", command), `${recording}${stubText(body)}\n`, 0o755);
        },
        unstub: (command) => {
            rmSync(join(folder, "bin", command));
        },
        run: (script, values, action = "create") =>
            spawnSync("bash", ["-s", "--", action], {
                encoding: "utf8",
                input: `${quickTime}\n${script.render(values)}`.replace(machinePaths, `${root}/`),
                cwd: root,
                env: {
                    PATH: [join(folder, "bin"), toolsFolder()].join(delimiter),
                    HOME: path("/home"),
                    LC_ALL: "C",
                    LOG: join(folder, "log"),
                    TOOLS: toolsFolder(),
                },
            }),
        calls: (prefix = "") =>
            read(join(folder, "log", "calls"))
                .split("\n")
                .filter((line) => line !== "" && line.startsWith(prefix)),
        inputs: () => read(join(folder, "log", "inputs")),
        write: (machinePath, content = "", mode = 0o644) => {
            write(path(machinePath), content, mode);
        },
        socket: (machinePath) => {
            mkdirSync(dirname(path(machinePath)), { recursive: true });
            createServer().listen(path(machinePath)).unref();
        },
        remove: (machinePath) => {
            rmSync(path(machinePath), { recursive: true });
        },
        read: (machinePath) => readFileSync(path(machinePath), "utf8"),
        exists: (machinePath) => existsSync(path(machinePath)),
        mode: (machinePath) => (statSync(path(machinePath)).mode & 0o777).toString(8),
        linkOf: (machinePath) => readlinkSync(path(machinePath)),
        files: () => filesBelow(root),
        path,
    };

    mkdirSync(join(folder, "log"), { recursive: true });
    Object.entries(healthy).forEach(([command, body]) => {
        node.stub(command, body);
    });
    ["/run/systemd/system/.keep", "/etc/fstab", "/proc/sys/net/bridge/bridge-nf-call-iptables"].forEach((file) => {
        node.write(file);
    });
    node.write("/var/lib/.keep");
    node.write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    node.write("/proc/meminfo", "MemTotal:       4000000 kB\n");
    node.write("/proc/filesystems", "nodev\toverlay\n");
    return node;
}

let parent = "";

function parentFolder(): string {
    if (parent === "") {
        parent = mkdtempSync(join(tmpdir(), "fake-nodes-"));
        process.once("exit", () => {
            rmSync(parent, { recursive: true, force: true });
        });
    }
    return parent;
}

function toolsFolder(): string {
    const folder = join(parentFolder(), "tools");
    if (!existsSync(folder)) {
        mkdirSync(folder);
        tools.forEach((tool) => {
            link(tool, join(folder, tool));
        });
    }
    return folder;
}

function stubText(body: StubBody): string {
    if (typeof body === "string") {
        return body;
    }
    const branches = Object.entries(body).map(([part, answer]) => `*${quote(part)}*) ${answer} ;;`);
    return ["case $line in", ...branches, "esac"].join("\n");
}

function link(tool: string, target: string): void {
    const folders = ["/usr/bin", "/bin", ...(process.env.PATH ?? "").split(delimiter)];
    const found = folders.map((each) => join(each, tool)).find(existsSync);
    if (found !== undefined) {
        symlinkSync(found, target);
    }
}

function filesBelow(root: string): Record<string, string> {
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
        entries.map((entry) => {
            const file = join(entry.parentPath, entry.name);
            return [file.slice(root.length), readFileSync(file, "utf8")];
        }),
    );
}
