#!/usr/bin/env bash
# From a fresh computer to a running cluster: prepares what is missing, runs `pulumi up`, and says where everything is.
# Takes --online or --offline; all other arguments go to `pulumi up`.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

main() {
  local flags=() argument
  refuse_stack "$@"
  for argument in "$@"; do
    case $argument in
    --online | --offline) ;;
    *) flags+=("$argument") ;;
    esac
  done
  prepare "$@"
  use_backend
  ensure_stack
  recover
  on_stack up --yes --skip-preview --suppress-outputs "${flags[@]}"
  show_page "$(write_files)"
}

# show_page OUTPUTS: the update is done, whether this computer can show the nodes or not.
show_page() {
  local folder=.state/$STACK
  echo
  "$scripts/kubectl.sh" get nodes || true
  cat <<PAGE

  endpoint    https://$(output_of controlPlaneEndpoint <<<"$1") for the nodes, $(sed --quiet 's/^ *server: //p' "$STATE/kubeconfig") for you
  kubeconfig  $folder/kubeconfig
  look        npm run kubectl -- get pods --all-namespaces
              npm run pulumi -- stack output sshCommands
  change      edit Pulumi.$STACK.yaml, npm run pulumi -- preview --diff, then npm start
  stop        npm stop
PAGE
}

main "$@"
