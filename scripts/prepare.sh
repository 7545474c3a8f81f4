#!/usr/bin/env bash
# Sourced: prepares this computer, saying what is missing and why before it is installed.

# shellcheck source=scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
# shellcheck source=scripts/docker.sh
source "$scripts/docker.sh"

prepare() {
  install_node_modules
  use_mirror
  online_or_offline "$@"
  say_source
  use_toolchain
  if [[ $(configured platform local) == local ]]; then
    ensure_docker
    prepare_machines "$(kubernetes_version)"
  fi
}

# prepare_machines VERSION...: local machines that are made from here on have all that these Kubernetes versions need.
prepare_machines() {
  local version
  for version in "$@"; do
    fill_mirror "$version" >/dev/null
  done
  "$scripts/machine-image.sh"
}

# A mirror of the user's stands for the official sites. One that each machine has is no concern of this computer.
use_mirror() {
  local mirror
  mirror=$(configured mirror "")
  if [[ -n $mirror && ($mirror != file://* || $(configured platform local) == local) ]]; then
    export BASE_URL=$mirror PULUMI_KUBEADM_SOURCE=${PULUMI_KUBEADM_SOURCE:-online}
  fi
}

install_node_modules() {
  local installed=$project/node_modules/.package-lock.json
  if [[ ! -e $installed || $project/package-lock.json -nt $installed ]]; then
    echo "installing the packages of package-lock.json with npm" >&2
    (cd "$project" && npm ci --no-audit --no-fund --loglevel error)
    touch "$installed"
  fi
}
