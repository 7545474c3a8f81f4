import { parse } from "toml";
import { software } from "../components/software";
import type { ClusterConfig } from "./clusterConfig";
import { didYouMean } from "./names";
import { messageOf } from "./readers";

/** What containerd's configuration has at the top. https://github.com/containerd/containerd/blob/v2.3.7/docs/man/containerd-config.toml.5.md */
const keys = [
    "cgroup",
    "debug",
    "disabled_plugins",
    "oom_score",
    "plugins",
    "proxy_plugins",
    "required_plugins",
    "stream_processors",
    "temp",
    "timeouts",
];

/** The plugins that have settings, as `containerd config default` lists them, and snapshotters that need a file system's programs. */
const plugins = [
    "cri.v1.images",
    "cri.v1.runtime",
    "differ.v1.erofs",
    "gc.v1.scheduler",
    "grpc.v1.cri",
    "image-verifier.v1.bindir",
    "internal.v1.opt",
    "internal.v1.tracing",
    "metadata.v1.bolt",
    "metrics.v1.grpc-prometheus",
    "monitor.container.v1.restart",
    "monitor.task.v1.cgroups",
    "mount-handler.v1.erofs",
    "nri.v1.nri",
    "runtime.v2.task",
    "server.v1.debug",
    "server.v1.grpc",
    "server.v1.grpc-tcp",
    "server.v1.metrics",
    "server.v1.ttrpc",
    "service.v1.diff-service",
    "service.v1.tasks-service",
    "shim.v1.manager",
    "snapshotter.v1.blockfile",
    "snapshotter.v1.btrfs",
    "snapshotter.v1.devmapper",
    "snapshotter.v1.erofs",
    "snapshotter.v1.native",
    "snapshotter.v1.overlayfs",
    "snapshotter.v1.zfs",
    "tracing.processor.v1.otlp",
    "transfer.v1.local",
].map((plugin) => `io.containerd.${plugin}`);

/** Settings that are not the user's, by their path, and what to do instead of setting them. */
const own: Readonly<Record<string, string>> = {
    version: "is 3, and given by the program; leave it out",
    imports: "is given by the program; put all settings here",
    root: "is where nodes keep their containers; leave it out",
    state: "is where nodes keep their containers; leave it out",
    grpc: 'is an old form; use plugins."io.containerd.server.v1.grpc"',
    metrics: 'is an old form; use plugins."io.containerd.server.v1.metrics"',
    ttrpc: 'is an old form; use plugins."io.containerd.server.v1.ttrpc"',
    "plugins.io.containerd.server.v1.grpc.address": "is where the kubelet asks; leave it out",
    "plugins.io.containerd.cri.v1.images.registry": "is the key registryMirrors; set that",
    "plugins.io.containerd.cri.v1.images.pinned_images.sandbox": "is the one that kubeadm asks for; leave it out",
    "plugins.io.containerd.cri.v1.runtime.cni": "is where the pod network is; leave it out",
    "plugins.io.containerd.cri.v1.runtime.containerd.runtimes.runc.options.SystemdCgroup":
        "must be that of the kubelet; leave it out",
};

/** Settings of containerd: TOML with what it has, and without what the program gives. Fields of plugins it checks on a machine. */
export function containerdRules({ containerd, workerPools }: ClusterConfig): string[] {
    return [
        ...problems("containerd", containerd),
        ...Object.entries(workerPools).flatMap(([pool, settings]) =>
            problems(`workerPools: ${pool}: containerd`, settings.containerd),
        ),
    ];
}

function problems(key: string, text: string): string[] {
    try {
        // A document of TOML is a table.
        const document = parse(text) as { readonly plugins?: Readonly<Record<string, unknown>> };
        return [
            ...unknown(
                Object.keys(document).filter((name) => !(name in own)),
                keys,
                "a key",
            ),
            ...unknown(Object.keys(document.plugins ?? {}), plugins, "a plugin"),
            ...pathsOf(document)
                .filter((path) => path in own)
                .map((path) => `${path} ${own[path]}`),
        ].map((problem) => `${key}: ${problem}`);
    } catch (error) {
        return [`${key}: it is not TOML, line ${lineOf(error)}: ${messageOf(error)}`];
    }
}

/** containerd passes over what it does not know. */
function unknown(names: readonly string[], known: readonly string[], what: string): string[] {
    return names
        .filter((name) => !known.includes(name))
        .map((name) => {
            const hint = didYouMean(name, known, "its documentation has all");
            return `${name} is not ${what} of containerd ${software.containerd}; ${hint}`;
        });
}

/** The paths of all tables and values. */
function pathsOf(value: unknown): string[] {
    return typeof value !== "object" || value === null || Array.isArray(value)
        ? []
        : Object.entries(value).flatMap(([name, inner]) => [name, ...pathsOf(inner).map((path) => `${name}.${path}`)]);
}

/** Errors of syntax have a location, those of what the text means have a line. */
function lineOf(error: unknown): string {
    // What the parser throws, by its documentation.
    const { line, location } = error as { line?: number; location?: { start: { line: number } } };
    return String(line ?? location?.start.line);
}
