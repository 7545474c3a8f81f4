#!/usr/bin/env bash
# Takes a node out of the cluster: drain, etcd member, Node object.
# The health of the cluster decides when: never against etcd's quorum, and never more of a pool than may be missing.
: "${HAS_ETCD:?}" "${ADDRESS:?}" "${TOKEN_ID:?}" "${TOKEN_SECRET:?}"

quorum_limit_seconds=900
pool_limit_seconds=1800

evict() {
  local state=""
  open_turns
  if [[ $HAS_ETCD == true ]]; then
    phase "waiting until the control plane can do without it"
    wait_for_quorum "$NODE"
  elif reports_ready; then
    phase "waiting until its pool can do without it"
    wait_for "$pool_limit_seconds" "the pool $POOL to be able to do without $NODE" in_turn leave_pool ||
      fail "too many nodes of the pool $POOL would be missing: $LAST_SEEN" "others are not Ready, cordoned, or still on their way" \
        "bring them back, take them out, or raise maxUnavailable of the pool"
    flock --unlock 8
  fi
  if reports_ready; then
    state=alive
    empty_node leaving
  fi
  # If this is cut off and the change is taken back, the machine joins again, and nothing else admits it: when nobody reads
  # the last phase any more, the script ends there.
  mint_token "$TOKEN_ID" "$TOKEN_SECRET" "$NODE"
  # By the Node that is missing that join knows that it must start anew, so it goes before the member.
  phase "deleting the node"
  kubectl delete node "$NODE" --ignore-not-found >/dev/null
  [[ $POOL != control-plane ]] || forget_pods "$NODE"
  if [[ $HAS_ETCD == true ]]; then
    remove_member "https://$ADDRESS:2380" "$state" ||
      fail "etcd does not let its member go: $LAST_SEEN" "another member is missing or not healthy" "bring the others back first"
  fi
  phase "revoking its token"
  delete_token
}

# wait_for_quorum NODE: until etcd can do without the member of that node, at $ADDRESS. Its turn lasts from here on.
wait_for_quorum() {
  wait_for "$quorum_limit_seconds" "the control plane to be able to do without $1" in_turn quorum_survives ||
    fail "the control plane cannot do without $1: $LAST_SEEN" "another member of etcd, or API server, is missing or not healthy" \
      "bring the others back first"
}

# The node counts as missing from its cordon on.
leave_pool() {
  pool_survives && mark_drained leaving && kubectl cordon "$NODE"
}

# Enough other nodes of the pool are there; a pool that is not declared goes as a whole.
pool_survives() {
  local record nodes unavailable others
  record=$(kubectl --namespace kube-system get configmap pulumi-kubeadm --output "jsonpath={.data.nodes-$POOL} {.data.maxUnavailable-$POOL}") || return 1
  read -r nodes unavailable <<<"$record"
  [[ -n $unavailable ]] || return 0
  others=$(available_nodes) || return 1
  others=$(others_of_pool <<<"$others" | wc -l)
  echo "$others of $nodes are available beside it, $((nodes - unavailable)) must be"
  ((others >= nodes - unavailable)) || return 1
  [[ $POOL != control-plane ]] || api_servers_suffice $((nodes - unavailable))
}

# Names of nodes that are Ready and take pods.
available_nodes() {
  kubectl get nodes --output 'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {.spec.unschedulable}{"\n"}{end}' |
    awk '$2 == "True" && $3 != "true" {print $1}'
}

# What etcd is meant to have is declared in the cluster.
quorum_survives() {
  local declared
  declared=$(kubectl --namespace kube-system get configmap pulumi-kubeadm --output jsonpath='{.data.controlPlaneNodes}') || return 1
  if [[ -z $declared ]]; then
    echo "the cluster does not say how many control planes it is meant to have"
    return 1
  fi
  others_suffice "$declared" && api_servers_suffice $((declared - 1))
}

# api_servers_suffice NUMBER: so many are Ready beside that of the node, if that is. Of a machine that joins, etcd has a
# healthy member minutes before its API server may turn out not to start.
api_servers_suffice() {
  local pods others
  pods=$(kubectl --namespace kube-system get pods --selector component=kube-apiserver,tier=control-plane \
    --output 'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}') || return 1
  [[ $'\n'$pods$'\n' == *$'\n'"kube-apiserver-$NODE True"$'\n'* ]] || return 0
  others=$(($(grep --count ' True$' <<<"$pods") - 1))
  echo "$others API servers are Ready beside its own, $1 must be"
  ((others >= $1))
}

# forget_pods NODE: pods of a control plane whose Node is gone would pass for running ones for another minute.
forget_pods() {
  kubectl --namespace kube-system delete pod "etcd-$1" "kube-apiserver-$1" --ignore-not-found --force --grace-period 0 >/dev/null 2>&1 || true
}
