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
  wake_kubelet $!
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
    wait_for 120 "the cluster to see that its kubelet has ended" own_node_is_not_ready || true
  fi
}

own_node_is_not_ready() {
  local readiness
  readiness=$(own_node 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') && [[ $readiness != True ]]
}

# wake_kubelet PID: on a control plane the kubelet starts long before the API server that it talks to, and by the time
# that one answers its retries are up to 20 s apart. A fresh kubelet registers at once.
wake_kubelet() {
  [[ -e /etc/kubernetes/pki/ca.key ]] || return 0
  until own_api_is_ready; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.3
  done
  systemctl restart kubelet
}

own_api_is_ready() {
  curl --silent --fail --max-time 2 --cacert /etc/kubernetes/pki/ca.crt https://127.0.0.1:6443/readyz >/dev/null
}

main "$@" </dev/null
