#!/usr/bin/env bash
# Makes this machine the first control plane of a cluster that does not exist yet.
# Of a snapshot it makes the data, which external etcd has already.
: "${HAS_ETCD:?}" "${ENDPOINT:?}" "${CA_CERTIFICATE:?}" "${IDENTITY:?}" "${snapshot_file:?}"

main() {
  local restored=()
  one_at_a_time
  start_log init
  if is_member; then
    phase "is initialized"
    return
  fi
  clear_leftovers
  phase "looking for a cluster at $ENDPOINT"
  refuse_second_cluster
  place_files
  choose_kube_proxy_mode
  if [[ -n $SNAPSHOT_CHECKSUM && $HAS_ETCD == true ]]; then
    restore_etcd
    restored=(--ignore-preflight-errors=DirAvailable--var-lib-etcd)
  fi
  phase "kubeadm init"
  run_kubeadm init --skip-token-print --skip-certificate-key-print "$(preflight_flag)" "${restored[@]}" || explain_kubeadm
  if [[ -n $SNAPSHOT_CHECKSUM ]]; then
    forget_lost_machines
  fi
  phase "marking the node"
  mark_node
  record_mark
  # The break-glass credential bypasses RBAC and cannot be revoked; the admin certificate does all it is needed for.
  rm --force /etc/kubernetes/super-admin.conf
  mark_member
  rm --force "$snapshot_file"
}

# The load balancer needs a moment to see that an API server of an interrupted run is gone.
refuse_second_cluster() {
  wait_for 15 "the endpoint to be free" endpoint_is_free ||
    fail "a cluster with this CA answers at $ENDPOINT" "another machine serves it already" \
      "a cluster is initialized once; if this state file is stale, restore the right one"
}

endpoint_is_free() {
  ! curl --noproxy '*' --silent --max-time 3 --cacert <(echo "$CA_CERTIFICATE") --output /dev/null "https://$ENDPOINT/livez"
}

# By this mark an admin step knows a node of this machine from one that an earlier machine left.
mark_node() {
  wait_for 60 "the API server to take the node's mark" kubectl \
    annotate --overwrite node "$NODE" "pulumi-kubeadm/machine=$IDENTITY" ||
    fail "the node could not be marked: $LAST_SEEN" "the API server of this machine does not answer" "look at its log"
}

main "$@" </dev/null
