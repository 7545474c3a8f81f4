#!/usr/bin/env bash
# Empties a node whose kubelet or container runtime is about to be changed; its membership takes pods again.
: "${KUBERNETES_VERSION:?}" "${CONTAINERD_VERSION:?}"

main() {
  local versions
  one_at_a_time
  wait_for_api
  versions=$(node_versions)
  needs_drain "$versions" || return 0
  empty_node
}

# needs_drain VERSIONS: a kubelet of another minor may run no pod that an earlier one started. A patch may.
needs_drain() {
  local kubelet=${1% *} containerd=${1#* }
  [[ -n $1 && (${kubelet%.*} != "${KUBERNETES_VERSION%.*}" || $containerd != "$CONTAINERD_VERSION") ]]
}

main "$@" </dev/null
