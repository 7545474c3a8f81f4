#!/usr/bin/env bash
# Sourced: decides where software comes from, and puts the Pulumi CLI of that choice first on PATH.

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/cache.sh
source "$scripts/cache.sh"

# online_or_offline ARGUMENT...: sets PULUMI_KUBEADM_SOURCE to online (official downloads) or offline (built from package
# registries). --online and --offline decide, then the variable's own value, then whether the official sites answer.
online_or_offline() {
  local argument site
  source_reason="as asked"
  for argument in "$@"; do
    case $argument in
    --online | --offline) PULUMI_KUBEADM_SOURCE=${argument#--} ;;
    esac
  done
  if [[ -z ${PULUMI_KUBEADM_SOURCE:-} ]]; then
    PULUMI_KUBEADM_SOURCE=online source_reason="get.pulumi.com and dl.k8s.io answer"
    for site in https://get.pulumi.com https://dl.k8s.io/release/stable.txt; do
      if ! curl --head --fail --silent --location --max-time 5 --output /dev/null "$site"; then
        PULUMI_KUBEADM_SOURCE=offline source_reason="$site does not answer"
        break
      fi
    done
  fi
  if [[ $PULUMI_KUBEADM_SOURCE != @(online|offline) ]]; then
    echo "PULUMI_KUBEADM_SOURCE is \"$PULUMI_KUBEADM_SOURCE\"; it must be online or offline" >&2
    return 1
  fi
  export PULUMI_KUBEADM_SOURCE
}

# Says what online_or_offline has decided, and why.
say_source() {
  case $PULUMI_KUBEADM_SOURCE in
  online) echo "online, $source_reason: official Pulumi and Kubernetes are downloaded" >&2 ;;
  offline) echo "offline, $source_reason: Pulumi and Kubernetes are built from package registries" >&2 ;;
  esac
}

# Puts pulumi first on PATH. The CLI fetches official plugins itself; built ones are in $PULUMI_KUBEADM_PLUGINS.
use_toolchain() {
  local bin
  if [[ $PULUMI_KUBEADM_SOURCE == online ]]; then
    bin=$("$scripts/download-toolchain.sh") || return
  else
    bin=$("$scripts/../offline/build-toolchain.sh") || return
    PULUMI_KUBEADM_PLUGINS=$(dirname "$bin")/plugins
    export PULUMI_KUBEADM_PLUGINS PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=1
  fi
  export PATH=$bin:$PATH PULUMI_SKIP_UPDATE_CHECK=1
}

# Puts the pulumi first on PATH that an earlier command has made ready, if one has; gets nothing.
use_ready_toolchain() {
  local bin newest=""
  for bin in "$CACHE"/online/pulumi-* "$CACHE"/offline/toolchain/*/bin; do
    if [[ -x $bin/pulumi && (-z $newest || $bin -nt $newest) ]]; then
      newest=$bin
    fi
  done
  export PATH=${newest:+$newest:}$PATH PULUMI_SKIP_UPDATE_CHECK=1
  command -v pulumi >/dev/null
}

# fill_mirror VERSION: adds what a Kubernetes version needs to the mirror, and prints its folder.
fill_mirror() {
  if [[ $PULUMI_KUBEADM_SOURCE == online ]]; then
    "$scripts/download-mirror.sh" "$@"
  else
    "$scripts/../offline/build-mirror.sh" "$@"
  fi
}
