#!/usr/bin/env bash
# Destroys the cluster and leaves nothing of it on this computer but the cache. Takes --online or --offline.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

main() {
  local argument
  for argument in "$@"; do
    [[ $argument == --online || $argument == --offline ]] ||
      refuse "$argument is not known, and nothing was destroyed; npm stop takes --online or --offline, and PULUMI_STACK=NAME in front of it destroys another stack than dev"
  done
  if [[ -d $STATE ]] || has_own_backend; then
    destroy "$@"
  fi
  if docker info >/dev/null 2>&1; then
    stop_docker_daemon
  fi
  echo "stopped; what can be used again is in $CACHE"
}

# A backend of the user's may have the stack where there are no files of it: of another checkout, or of a first up that failed.
destroy() {
  install_node_modules
  use_mirror
  online_or_offline "$@"
  say_source
  use_toolchain
  use_backend
  if has_stack; then
    ensure_stack
    if [[ $(configured platform local) == local ]]; then
      ensure_docker
    fi
    recover
    on_stack destroy --yes --skip-preview
    on_stack stack rm --yes --preserve-config
  fi
  if [[ -d $STATE ]]; then
    remove_leftovers
    remove_files
  fi
}

has_stack() {
  local words
  if [[ $own_backend == false ]]; then
    is_kept_here
    return
  fi
  words=$(pulumi --cwd "$project" --non-interactive stack select "$STACK" 2>&1) && return
  [[ $words == *"no stack named"* ]] || refuse "whether there is a stack $STACK is not learnt, and nothing was destroyed: $words"
  return 1
}

# A backend here that is not the one of the stack that was destroyed stays, with the passphrase that opens it.
remove_files() {
  local kept=()
  if [[ $own_backend == true ]]; then
    kept=(! -name backend ! -name passphrase)
  fi
  find "$STATE" -mindepth 1 -maxdepth 1 "${kept[@]}" -exec rm --recursive --force {} +
  rmdir --ignore-fail-on-non-empty "$STATE" "$project/.state"
}

# What an interrupted run of this checkout made and never recorded, which only platform local does. Those of another one have
# the same label.
remove_leftovers() {
  local label
  [[ $(configured platform local) == local ]] && docker info >/dev/null 2>&1 || return 0
  label=label=pulumi-kubeadm=pulumi-kubeadm-$(configured clusterName "$STACK")
  docker ps --all --quiet --filter "$label" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network ls --quiet --filter "$label" | xargs --no-run-if-empty docker network rm >/dev/null
}

main "$@"
