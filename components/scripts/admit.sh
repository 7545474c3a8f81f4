#!/usr/bin/env bash
# Clears what an earlier machine of this name left in the cluster, then admits this one with a token of its own.
# Another ADMISSION gives a machine that is no node yet its token once more, which may have ended.
# When it goes, the node is evicted: its join has gone before, so who keeps the machine after all admits and joins it anew.
: "${HAS_ETCD:?}" "${ADDRESS:?}" "${IDENTITY:?}" "${TOKEN_ID:?}" "${TOKEN_SECRET:?}" "${TOKEN_MINUTES:?}" "${ADMISSION:?}"

main() {
  one_at_a_time
  wait_for_api
  if [[ ${1:-} == delete ]]; then
    if keeps_its_place; then
      phase "stays: no other machine has come in its place"
      return
    fi
    evict
    return
  fi
  if is_this_machine; then
    phase "is a node already"
    return
  fi
  # An update is about this machine, which may have joined as far as to be a Node.
  [[ ${1:-} == update ]] || clear_earlier_machine
  if [[ $HAS_ETCD == true ]]; then
    clear_predecessors
    wait_for_turn
    clear_learners
  fi
  phase "admitting it for $TOKEN_MINUTES minutes"
  mint_token "$TOKEN_ID" "$TOKEN_SECRET" "$NODE"
}

is_this_machine() {
  local machine
  machine=$(node_field '{.metadata.annotations.pulumi-kubeadm/machine}') ||
    fail "the cluster does not say which machine $NODE is" "the API server does not answer" "see its log"
  [[ $machine == "$IDENTITY" ]]
}

clear_earlier_machine() {
  local earlier
  earlier=$(node_field '{.metadata.name}') ||
    fail "the cluster does not say whether there is a node named $NODE" "the API server does not answer" "see its log"
  if [[ -n $earlier ]]; then
    phase "clearing what an earlier machine of this name left"
    if ! wait_for 90 "the earlier machine to be gone" node_is_not_ready && reports_ready; then
      fail "a node named $NODE is Ready in the cluster" "another machine of this name is alive" "stop it or give this one another name"
    fi
    kubectl delete node "$NODE" >/dev/null
    [[ $POOL != control-plane ]] || forget_pods "$NODE"
  fi
  [[ $HAS_ETCD == true ]] || return 0
  remove_member "https://$ADDRESS:2380" ||
    fail "etcd keeps the member of an earlier machine at $ADDRESS: $LAST_SEEN" "it has no quorum, or none of its members answers" \
      "bring its members back first"
}

node_is_not_ready() {
  local readiness
  readiness=$(node_readiness) && ! is_ready "$readiness"
}

main "$@" </dev/null
