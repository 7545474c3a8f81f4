#!/usr/bin/env bash
# Runs the cluster's own version of kubectl with the kubeconfig that `npm start` wrote; where it was not downloaded, the one on PATH.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
# shellcheck source=scripts/tunnel.sh
source "$scripts/tunnel.sh"

main() {
  local architecture=amd64 kubectl
  if [[ $(uname -m) == aarch64 ]]; then
    architecture=arm64
  fi
  kubectl=$CACHE/mirror/dl.k8s.io/release/v$(kubernetes_version)/bin/linux/$architecture/kubectl
  if [[ ! -x $kubectl && $(configured platform local) != local ]]; then
    kubectl=$(command -v kubectl) || refuse "there is no kubectl on PATH; install one of version $(kubernetes_version)"
  fi
  if [[ ! -s $STATE/kubeconfig || ! -x $kubectl ]]; then
    refuse "no cluster of stack $STACK was started from here; run npm start"
  fi
  if [[ $(configured platform local) == aws ]]; then
    use_ready_toolchain || refuse "there is no pulumi yet; run npm start"
    use_backend
    open_tunnel
  fi
  "$kubectl" --kubeconfig "$STATE/kubeconfig" "$@"
}

main "$@"
