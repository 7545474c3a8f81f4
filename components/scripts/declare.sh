#!/usr/bin/env bash
# Records in the cluster how many nodes each pool is meant to have; evictions are held against it.
# A line of POOLS is the pool's name, the number of its nodes, and how many of them may be missing at a time. PLACES are names
# of machines whose nodes have names of their own.
: "${POOLS[@]:?}" "${PLACES[@]-}"

main() {
  one_at_a_time
  wait_for_api
  phase "declaring the sizes of its pools"
  kubectl apply --server-side --field-manager pulumi-kubeadm --filename - >/dev/null <<RECORD
apiVersion: v1
kind: ConfigMap
metadata:
  name: pulumi-kubeadm
  namespace: kube-system
data:
$(pool_lines)
$(place_line)
RECORD
}

pool_lines() {
  local name nodes unavailable
  while read -r name nodes unavailable; do
    if [[ $name == control-plane ]]; then
      echo "  controlPlaneNodes: \"$nodes\""
    fi
    echo "  nodes-$name: \"$nodes\""
    echo "  maxUnavailable-$name: \"$unavailable\""
  done < <(printf '%s\n' "${POOLS[@]}")
}

place_line() {
  ((${#PLACES[@]} == 0)) || echo "  places: \"${PLACES[*]}\""
}

main "$@" </dev/null
