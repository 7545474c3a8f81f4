#!/usr/bin/env bash
# Makes a machine that is there one of this cluster, unless somebody else uses it. When it leaves, it is cleared.
: "${CLUSTER:?}"

readonly machine_of=/var/lib/pulumi-kubeadm/machine-of

main() {
  one_at_a_time
  if [[ ${1:-} == delete ]]; then
    release
    return
  fi
  phase "claiming the machine"
  if [[ -e $machine_of ]]; then
    [[ $(<"$machine_of") == "$CLUSTER" ]] ||
      fail "it is a machine of the cluster $(<"$machine_of")" "two stacks name it" "take it out of that one first, or give another machine"
    return
  fi
  refuse_used_machine
  install -D --mode 0644 /dev/stdin "$machine_of" <<<"$CLUSTER"
}

release() {
  if [[ ! -e $machine_of || $(<"$machine_of") != "$CLUSTER" ]]; then
    echo "$NODE: it is no machine of this cluster, so nothing was cleared"
    return
  fi
  clear_machine
}

main "$@" </dev/null
