#!/usr/bin/env bash
# Joins this machine to the cluster, unless it is a member already.

main() {
  one_at_a_time
  start_log join
  if is_member; then
    phase "is a member"
    return
  fi
  clear_leftovers
  place_files
  phase "kubeadm join"
  run_kubeadm join "$(preflight_flag)" || explain_kubeadm
  mark_member
}

main "$@" </dev/null
