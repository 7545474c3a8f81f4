#!/usr/bin/env bash
# Runs the cluster's own version of kubectl with the kubeconfig that `npm start` wrote.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

main() {
  local architecture=amd64 kubectl
  if [[ $(uname -m) == aarch64 ]]; then
    architecture=arm64
  fi
  kubectl=$CACHE/mirror/dl.k8s.io/release/v$(kubernetes_version)/bin/linux/$architecture/kubectl
  if [[ ! -s $STATE/kubeconfig || ! -x $kubectl ]]; then
    echo "no cluster of stack $STACK was started from here; run npm start" >&2
    exit 1
  fi
  exec "$kubectl" --kubeconfig "$STATE/kubeconfig" "$@"
}

main "$@"
