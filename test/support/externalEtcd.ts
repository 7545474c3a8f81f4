import type { FakeNode } from "./fakeNode";

/** Members of an etcd, as `etcdctl member list` writes them: "2", or "2 unstarted", "2 learner". */
export type Members = readonly string[];

/**
 * Puts an etcdctl on a machine that knows these members and keeps keys. What it is told to change, it changes; each
 * member that is not healthy is named by its number.
 */
export function externalEtcd(
    node: FakeNode,
    members: Members,
    { unhealthy = [], keys = {} }: { unhealthy?: readonly number[]; keys?: Readonly<Record<string, string>> } = {},
): void {
    node.write("/opt/etcd/members", members.map((member) => `${lineOf(member)}\n`).join(""));
    node.write("/opt/etcd/unhealthy", unhealthy.map((number) => `10.0.0.3${number}:\n`).join(""));
    Object.entries({ "pulumi-kubeadm/size": "3", ...keys }).forEach(([key, value]) => {
        node.write(`/opt/etcd/keys/${key}`, value);
    });
    node.stub("etcdctl", etcdctl.replaceAll("ROOT", node.path("/opt/etcd")));
}

/** What etcdctl was told to change, without its constant flags. */
export function changesOf(node: FakeNode): string[] {
    return node
        .calls("etcdctl")
        .map((line) =>
            line.replace(/^etcdctl --cacert \S+ --cert \S+ --key \S+ --command-timeout 5s (--endpoints \S+ )?/, ""),
        )
        .filter((line) => /^(member (add|remove|promote)|put|del|move-leader|txn)/.test(line));
}

function lineOf(member: string): string {
    const [number = "", state = ""] = member.split(" ");
    const client = state === "unstarted" ? "" : `https://10.0.0.3${number}:2379`;
    const name = state === "unstarted" ? "" : `etcd-${number}`;
    const isLearner = state === "" ? "false" : "true";
    return `${number.repeat(4)}, ${client === "" ? "unstarted" : "started"}, ${name}, https://10.0.0.3${number}:2380, ${client}, ${isLearner}`;
}

const etcdctl = `
input=$(cat)
for ((i = 1; i <= $#; i++)); do
  case \${!i} in
    --cacert | --cert | --key | --command-timeout | --endpoints)
      [[ \${!i} != --endpoints ]] || { ((i++)); endpoints=\${!i}; continue; }
      ((i++)) ;;
    *) rest+=("\${!i}") ;;
  esac
done
set -- "\${rest[@]}"
case "$1 $2" in
  'member list') cat ROOT/members ;;
  'member add') echo "9999, unstarted, , $5, , true" >>ROOT/members ;;
  'member remove') sed -i "/^$3,/d" ROOT/members ;;
  'member promote') sed -i "/^$3,/s/true$/false/" ROOT/members ;;
  'endpoint health')
    ! grep --quiet -F -f ROOT/unhealthy <<<"$endpoints" || { echo "$(<ROOT/unhealthy) is unhealthy"; exit 1; } ;;
  'endpoint status') cat ROOT/status ;;
  get*) cat "ROOT/keys/$2" 2>/dev/null || true ;;
  put*) mkdir -p "ROOT/keys/\${2%/*}"; echo "$3" >"ROOT/keys/$2" ;;
  del*) rm -f "ROOT/keys/$2" ;;
  'lease grant') echo "lease 7777 granted with TTL(180s)" ;;
  txn*)
    [[ -e ROOT/keys/pulumi-kubeadm/turn ]] && { echo FAILURE; exit; }
    grep -o 'put pulumi-kubeadm/turn [^ ]*' <<<"$input" | cut -d' ' -f3 >ROOT/keys/pulumi-kubeadm/turn
    echo SUCCESS ;;
esac
`;
