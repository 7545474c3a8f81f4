#!/usr/bin/env bash
# Waits until all nodes of a cluster of local machines are Ready and its DNS answers on each of them.
# Usage: wait-for-cluster.sh CLUSTER NODE...
set -o errexit -o nounset -o pipefail

limit_seconds=300

main() {
  local cluster=$1 node waits=()
  shift
  on "$cluster-control-plane-1" all_ready $#
  for node in "$@"; do
    on "$cluster-$node" dns_answers &
    waits+=($!)
  done
  for node in "${waits[@]}"; do
    wait "$node"
  done
}

# on CONTAINER FUNCTION [ARGUMENT]: tries there until the function succeeds.
on() {
  docker exec --interactive "$1" timeout "$limit_seconds" bash -s <<SCRIPT || give_up "$1" "$2"
$(declare -f "$2")
until $2 ${3:-} 2>/dev/null; do sleep 0.2; done
SCRIPT
}

all_ready() {
  [[ $(kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers | grep -c ' Ready ') == "$1" ]]
}

# A query for the address of kubernetes.default.svc.cluster.local, in one datagram; the answer ends with 10.96.0.1.
dns_answers() {
  exec 3<>/dev/udp/10.96.0.10/53
  printf '\x4b\x42\x01\0\0\x01\0\0\0\0\0\0\x0akubernetes\x07default\x03svc\x07cluster\x05local\0\0\x01\0\x01' |
    dd bs=512 iflag=fullblock status=none >&3
  [[ $(timeout 1 dd bs=512 count=1 status=none <&3 | tail -c 4 | od -An -tx1) == " 0a 60 00 01" ]]
}

give_up() {
  echo "$1: $2 did not come true in $limit_seconds s" >&2
  exit 1
}

main "$@"
