#!/usr/bin/env bash
# Joins this machine to the cluster, unless it is a member already.
: "${ADDRESS:?}" "${ENDPOINT:?}" "${HAS_ETCD:?}"

main() {
  one_at_a_time
  start_log join
  if is_member && is_known; then
    phase "is a member"
    return
  fi
  clear_leftovers leave_cluster
  place_files
  phase "kubeadm join"
  (run_kubeadm join "$(preflight_flag)" || exit) &
  # Workers have neither the key of the CA nor this function.
  if [[ -e /etc/kubernetes/pki/ca.key ]]; then
    wake_kubelet $!
  fi
  wait $! || explain_kubeadm
  mark_member
}

# Whether the cluster still has its Node; without it, it was evicted and starts anew.
is_known() {
  wait_for 120 "the cluster to say whether it is a node" own_node name ||
    fail "the cluster does not say whether this machine is a node: $LAST_SEEN" "no API server answers, or the kubelet's certificate has ended" \
      "bring the API servers back, or replace this machine"
  # Among its last words may be warnings.
  grep --quiet --line-regexp --fixed-strings "node/$NODE" <<<"$LAST_SEEN"
}

# own_node FORMAT: its Node as the cluster has it; nothing where there is none.
own_node() {
  command kubectl --kubeconfig /etc/kubernetes/kubelet.conf --server "https://$ENDPOINT" --request-timeout 10s \
    get node "$NODE" --ignore-not-found --output "$1"
}

# kubeadm's reset leaves the Node, beside which kubeadm joins no other one of this name while it is Ready, and the member of
# etcd, beside which no new one of this address could start.
leave_cluster() {
  systemctl stop kubelet
  if [[ -s /etc/kubernetes/admin.conf ]]; then
    wait_for 60 "its Node to be deleted" kubectl delete node "$NODE" --ignore-not-found ||
      fail "the Node of an interrupted join could not be deleted: $LAST_SEEN" "the cluster does not answer" "bring the other control planes back first"
    [[ $HAS_ETCD != true ]] || remove_member "https://$ADDRESS:2380" ||
      fail "the etcd member of an interrupted join could not be taken out" "the cluster does not answer" "bring the other control planes back first"
  elif [[ -s /etc/kubernetes/kubelet.conf ]]; then
    # A kubelet may not delete its Node. When the cluster does not say what it sees, kubeadm finds out.
    wait_for 120 "its Node to be NotReady" own_node_is_not_ready || true
  fi
}

own_node_is_not_ready() {
  local readiness
  readiness=$(own_node 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') && [[ $readiness != True ]]
}

main "$@" </dev/null
