#!/usr/bin/env bash
# Runs pulumi with this project's toolchain, backend and stack; for example: npm run pulumi -- preview --diff
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

main() {
  install_node_modules
  online_or_offline 2>/dev/null
  use_toolchain
  use_backend
  ensure_stack
  case ${1:-} in
  up | preview | destroy | refresh)
    recover
    on_stack "$@"
    ;;
  stack | cancel) on_stack "$@" ;;
  *) pulumi --cwd "$project" "$@" ;;
  esac
}

main "$@"
