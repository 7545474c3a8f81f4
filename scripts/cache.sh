#!/usr/bin/env bash
# Sourced: the folder of everything that is kept between runs and shared by checkouts, and the lock on it.

CACHE=${PULUMI_KUBEADM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pulumi-kubeadm}
export PULUMI_KUBEADM_CACHE=$CACHE

# Lets one script at a time fill the cache; the lock ends with the script.
lock_cache() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  if ! flock --nonblock 9; then
    echo "another run is filling $CACHE; waiting for it to end" >&2
    flock 9
  fi
}
