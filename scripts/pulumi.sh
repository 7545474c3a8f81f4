#!/usr/bin/env bash
# Runs pulumi with this project's toolchain, backend and stack; for example: npm run pulumi -- preview --diff
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

main() {
  refuse_stack "$@"
  install_node_modules
  use_mirror
  online_or_offline
  use_toolchain
  use_backend
  ensure_stack
  if runs_program "${1:-}"; then
    recover
    on_stack "$@"
    return
  fi
  case ${1:-} in
  stack | cancel) on_stack "$@" ;;
  config) configure "$@" ;;
  *) PULUMI_STACK=$STACK pulumi --cwd "$project" "$@" ;;
  esac
}

# configure COMMAND...: with a backend here, secrets are encrypted as the stack's are, and what that takes stays out of the
# checkout.
configure() {
  local given=$project/Pulumi.$STACK.yaml
  pulumi --cwd "$project" "$@" --stack "$STACK" "${config_flags[@]}"
  if [[ $own_backend == false ]]; then
    sed '/^encryptionsalt/d' "$STATE/Pulumi.$STACK.yaml" >"$given.new"
    mv "$given.new" "$given"
  fi
}

main "$@"
