#!/usr/bin/env bash
# Runs the cluster's own version of kubectl with the kubeconfig that `npm start` wrote; where it was not downloaded, the one on PATH.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
# shellcheck source=scripts/tunnel.sh
source "$scripts/tunnel.sh"

main() {
  local kubectl outputs
  [[ -s $STATE/kubeconfig ]] || refuse "no cluster of stack $STACK was started from here; run npm start"
  kubectl=$(kubectl_program) || refuse "there is no kubectl on PATH; install one of version $(kubernetes_version)"
  if [[ $(configured platform local) == aws && -n $(tunnel_port) ]]; then
    use_ready_toolchain || refuse "there is no pulumi yet; run npm start"
    use_backend
    outputs=$(on_stack stack output --json)
    open_tunnel "$outputs"
  fi
  "$kubectl" --kubeconfig "$STATE/kubeconfig" "$@"
}

# Before an upgrade is made the version that is configured may not be here; the newest that is does as well.
kubectl_program() {
  local architecture=amd64 program programs
  if [[ $(uname -m) == aarch64 ]]; then
    architecture=arm64
  fi
  programs=("$CACHE"/mirror/dl.k8s.io/release/v*/bin/linux/"$architecture"/kubectl)
  program=$CACHE/mirror/dl.k8s.io/release/v$(kubernetes_version)/bin/linux/$architecture/kubectl
  [[ -x $program ]] || program=${programs[-1]}
  if [[ -x $program ]]; then
    echo "$program"
  else
    command -v kubectl
  fi
}

main "$@"
