#!/usr/bin/env bash
# The turns of a pool's nodes: what one does alone, the others wait for.
: "${POOL:?}"

# Of the names of nodes on standard input, those of its pool without its own. After its number, a node's name may have a word
# that tells it from others in its place.
others_of_pool() {
  grep --invert-match --line-regexp "$NODE" | grep --extended-regexp "^$POOL-[0-9]+(-[a-z][0-9a-z]*)?\$" || true
}

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
