#!/usr/bin/env bash
# Joins this machine to the cluster, unless it is a member already.
: "${ADDRESS:?}"

main() {
  one_at_a_time
  start_log join
  if is_member; then
    phase "is a member"
    return
  fi
  clear_leftovers leave_etcd
  place_files
  phase "kubeadm join"
  run_kubeadm join "$(preflight_flag)" || explain_kubeadm
  mark_member
}

kubectl() {
  command kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s "$@"
}

# kubeadm's reset leaves the member that a half-done join added, and no new one of this address could start beside it.
leave_etcd() {
  [[ -s /etc/kubernetes/admin.conf ]] || return 0
  remove_member "https://$ADDRESS:2380" ||
    fail "the etcd member of an interrupted join could not be taken out" "the cluster does not answer" "bring the other control planes back first"
}

main "$@" </dev/null
