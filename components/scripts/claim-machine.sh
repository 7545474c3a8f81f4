#!/usr/bin/env bash
# Makes a machine that is there one of this cluster, unless somebody else uses it. When it leaves, it is cleared.
: "${CLUSTER:?}" "${IDENTITY:?}"

# The cluster, and as what the machine was claimed.
readonly machine_of=/var/lib/pulumi-kubeadm/machine-of

main() {
  one_at_a_time
  if [[ ${1:-} == delete ]]; then
    release
    return
  fi
  phase "claiming the machine"
  read_claim
  [[ -z $claimed_by || $claimed_by == "$CLUSTER" ]] ||
    fail "it is a machine of the cluster $claimed_by" "two stacks name it" "take it out of that one first, or give another machine"
  [[ $claimed_as != "$IDENTITY" ]] || return 0
  if [[ -n $claimed_as ]]; then
    phase "clearing it, since it was not reached when it left"
    clear_machine
    claimed_by=""
  fi
  [[ -n $claimed_by ]] || refuse_used_machine
  install -D --mode 0644 /dev/stdin "$machine_of" <<<"$CLUSTER"$'\n'"$IDENTITY"
}

# Nothing where nobody claimed it; one that was claimed by an earlier version of this program does not say as what.
read_claim() {
  claimed_by="" claimed_as=""
  [[ -e $machine_of ]] || return 0
  { read -r claimed_by && read -r claimed_as; } <"$machine_of" || true
}

release() {
  read_claim
  if [[ $claimed_by != "$CLUSTER" ]]; then
    echo "$NODE: it is no machine of this cluster, so nothing was cleared"
    return
  fi
  clear_machine
}

main "$@" </dev/null
