#!/usr/bin/env bash
# The turns of a pool's nodes: what one does alone, the others wait for.
: "${POOL:?}"

open_turns() {
  exec 8>"/run/pulumi-kubeadm-$POOL.lock"
}

# in_turn CHECK: whether the check passes while no other node of the pool is between its check and its end. Who does not
# pass lets others go first: one of them may be what it waits for.
in_turn() {
  if ! flock --nonblock 8; then
    echo "another node of the pool $POOL is leaving, or being admitted"
    return 1
  fi
  "$1" && return
  flock --unlock 8
  return 1
}
