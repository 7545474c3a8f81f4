#!/usr/bin/env bash
# How kube-proxy forwards Service traffic: as the configuration says, or where that is "auto" as this machine can.
: "${KUBE_PROXY_MODE:?}"

choose_kube_proxy_mode() {
  local mode=$KUBE_PROXY_MODE
  if [[ $mode == auto ]]; then
    mode=nftables
    if ! nft list tables >/dev/null 2>&1; then
      mode=iptables
      echo "$NODE: nft does not work here; kube-proxy uses iptables"
    fi
  fi
  CONFIG=${CONFIG//mode: nftables/mode: $mode}
}
