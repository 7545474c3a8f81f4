import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { nodeImages } from "../../components/software";
import type { Run } from "./fakeNode";

const repository = join(__dirname, "..", "..");

/** A computer with an empty cache, whose Go and other tools make programs without compiling any. */
export interface FakeBuilder {
    /** Runs a script of the repository, by its path there. */
    run(script: string, ...args: readonly string[]): Run;
    /**
     * Paths here and below are those in a folder of its own: `cache` is the cache, `site` what stands for the official
     * sites, `builds` has the modules that Go built, `broken` the one that it fails to build, `goversion` its version.
     */
    write(path: string, content: string): void;
    read(path: string): string;
    /** The lines of a file, sorted. */
    lines(path: string): string[];
    path(path: string): string;
    remove(): void;
}

/** Makes such a computer. */
export function fakeBuilder(): FakeBuilder {
    const folder = mkdtempSync(join(tmpdir(), "builder-"));
    const builder: FakeBuilder = {
        run: (script, ...args) =>
            spawnSync(join(repository, script), args, {
                encoding: "utf8",
                env: {
                    ...process.env,
                    PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`,
                    PULUMI_KUBEADM_CACHE: join(folder, "cache"),
                    BASE_URL: `file://${folder}/site`,
                },
            }),
        write: (path, content) => {
            const file = join(folder, path);
            mkdirSync(dirname(file), { recursive: true });
            writeFileSync(file, content, { mode: 0o755 });
        },
        read: (path) => readFileSync(join(folder, path), "utf8"),
        lines: (path) => builder.read(path).trim().split("\n").sort(),
        path: (path) => join(folder, path),
        remove: () => {
            rmSync(folder, { recursive: true });
        },
    };

    const files = { builds: "", broken: "", goversion: "go1.26.8" };
    Object.entries(files).forEach(([file, content]) => {
        builder.write(file, content);
    });
    ["1.36.4", "1.37.1"].forEach((version) => {
        builder.write(`images-kubernetes-${version}`, nodeImages(version, "control-plane").join(" "));
    });
    Object.entries(tools).forEach(([tool, script]) => {
        builder.write(`bin/${tool}`, script);
    });
    return builder;
}

/** Records each build, makes programs that only know image names, and fails for the module named in the file "broken". */
const fakeGo = `#!/usr/bin/env bash
here=$(dirname "$0")/..
module=$(basename "$PWD")
case $1-$2 in
env-GOVERSION) cat "$here/goversion" ;;
env-GOARCH) echo amd64 ;;
list-*) echo /source ;;
build-*)
  echo "$module" >>"$here/builds"
  if [[ $module == "$(cat "$here/broken")" ]]; then
    # A failure ends the steps beside it, so those of this test come to their end first.
    for _ in {1..200}; do
      compgen -G "$here/cache/offline/products/providers-????????????" >/dev/null && break
      sleep 0.05
    done
    echo "go: reading example.zip: 403 Forbidden"
    exit 1
  fi
  case $module in
  pulumi) touch "$3/pulumi" ;;
  language-nodejs) touch "$3/pulumi-language-nodejs" ;;
  *-[0-9]*)
    for program in $(sed -n 's#/v[0-9]*$##; s#^\t*\\(tool \\)*[a-z][^ ]*/\\([^ /]*\\)$#\\2#p' go.mod); do
      printf '#!/bin/sh\necho %s\n' "$(cat "$here/images-$module" 2>/dev/null)" >"$3/$program"
      chmod +x "$3/$program"
    done
    ;;
  *) touch $(printf "$3/%s " $(printf '%s\\n' "$@" | sed -n 's#^./##p')) ;;
  esac
  ;;
esac
`;

/** What else a build calls: each makes as little as the build can go on with. */
const tools: Readonly<Record<string, string>> = {
    dpkg: "#!/bin/sh\n",
    gcc: "#!/bin/sh\ntouch pause\n",
    go: fakeGo,
    mmdebstrap: "#!/bin/sh\nmkdir -p usr/sbin bin\ntar --create --files-from /dev/null\n",
    "pkg-config": "#!/bin/sh\n",
    sudo: '#!/bin/sh\nshift\nexec "$@"\n',
    uname: "#!/bin/sh\necho x86_64\n",
};
