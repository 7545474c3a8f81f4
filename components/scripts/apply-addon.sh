#!/usr/bin/env bash
# Applies the manifest of an addon.
: "${MANIFEST:?}"

main() {
  one_at_a_time
  wait_for_api
  phase "applying the addon $NODE"
  kubectl apply --server-side --field-manager pulumi-kubeadm --force-conflicts --filename - >/dev/null <<<"$MANIFEST"
}

main "$@" </dev/null
