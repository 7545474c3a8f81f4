#!/usr/bin/env bash
# Empties a node before its kubelet or container runtime changes, and fills one again whose change was taken back.
: "${KUBERNETES_VERSION:?}" "${CONTAINERD_VERSION:?}" "${drained_mark:?}"

readonly reason=$KUBERNETES_VERSION-containerd-$CONTAINERD_VERSION
turn_limit_seconds=1800

main() {
  local versions
  one_at_a_time
  wait_for_api
  versions=$(node_versions)
  if needs_drain "$versions"; then
    wait_for_turn
    empty_node "$reason"
  else
    take_pods_again
  fi
}

# needs_drain VERSIONS: a kubelet of another minor may run no pod that an earlier one started. A patch may.
needs_drain() {
  local kubelet=${1% *} containerd=${1#* }
  [[ -n $1 && (${kubelet%.*} != "${KUBERNETES_VERSION%.*}" || $containerd != "$CONTAINERD_VERSION") ]]
}

# Nodes that joined in an update which did not complete are in no lane, so all of them may come here at once.
wait_for_turn() {
  open_turns
  wait_for "$turn_limit_seconds" "others of the pool $POOL to be back" in_turn begin_turn ||
    fail "as many nodes of the pool $POOL as may be away are: $LAST_SEEN" "they are still being changed, or do not come back" \
      "see what keeps them, then run \`pulumi up\` again"
  flock --unlock 8
}

# The node counts from its mark on.
begin_turn() {
  pool_has_room && mark_drained "$reason" && kubectl cordon "$NODE"
}

# Those that were emptied for something else, in an update that was taken back, do not count: this one may come before them.
pool_has_room() {
  local nodes away room
  room=$(kubectl --namespace kube-system get configmap pulumi-kubeadm --output "jsonpath={.data.maxUnavailable-$POOL}") || return 1
  nodes=$(kubectl get nodes --output "jsonpath={range .items[*]}{.metadata.name} {.metadata.annotations.$drained_mark}{\"\n\"}{end}") || return 1
  away=$(awk -v reason="$reason" '$2 == reason {print $1}' <<<"$nodes" | others_of_pool)
  echo "${away//$'\n'/, }"
  [[ -z $room ]] || (($(grep --count . <<<"$away") < room))
}

main "$@" </dev/null
