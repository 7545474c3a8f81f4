#!/usr/bin/env bash
# Whose cordon it is: a node that this program empties is marked, and only then is it given pods again.

readonly drained_mark=pulumi-kubeadm/drained

# mark_drained REASON: a node that somebody has cordoned before stays so.
mark_drained() {
  local name_and_cordon
  name_and_cordon=$(node_field '{.metadata.name}{.spec.unschedulable}') || return 1
  [[ $name_and_cordon != "$NODE" ]] ||
    kubectl annotate --overwrite node "$NODE" "$drained_mark=$1" >/dev/null
}

take_pods_again() {
  local mark
  mark=$(node_field "{.metadata.annotations.$drained_mark}") || return 1
  [[ -n $mark ]] || return 0
  phase "letting it take pods again"
  kubectl uncordon "$NODE" >/dev/null && kubectl annotate node "$NODE" "$drained_mark-" >/dev/null
}
