#!/usr/bin/env bash
# What the cluster records of its configuration, and the addons that kubeadm keeps.
: "${KUBERNETES_VERSION:?}"
: "${state_folder:?}"

# There while a changed configuration of kube-proxy waits for its restart.
readonly kube_proxy_mark=$state_folder/kube-proxy-changes

# As `kubeadm upgrade` leaves them: the addons when all API servers have the version. The mark is the last thing to be
# written, so nothing is left out.
settle_records() {
  [[ $(recorded_mark) != "$(mark)" ]] || return 0
  phase "recording the configuration in the cluster"
  run_kubeadm init phase upload-config all || explain_kubeadm
  all_have_the_version || return 0
  phase "bringing kubeadm's addons to it"
  run_kubeadm init phase bootstrap-token --skip-token-print || explain_kubeadm
  settle_addons
  record_mark
}

# What all control planes have in common of their configuration: all but the first document.
mark() {
  sed '1,/^---$/d' <<<"$CONFIG" | sha256sum | cut -c1-16
}

record_mark() {
  kubectl --namespace kube-system annotate --overwrite configmap kubeadm-config "pulumi-kubeadm/described=$(mark)" >/dev/null
}

recorded_mark() {
  kubectl --namespace kube-system get configmap kubeadm-config --output jsonpath='{.metadata.annotations.pulumi-kubeadm/described}'
}

all_have_the_version() {
  local addresses address
  addresses=$(other_control_planes) || return 1
  for address in $addresses; do
    wait_for 60 "the API server at $address to say its version" api_server "$address" /version || return 1
    grep --quiet "\"v$KUBERNETES_VERSION\"" <<<"$LAST_SEEN" || return 1
  done
}

# kube-proxy reads its configuration at its start only.
settle_addons() {
  local before waits=no
  [[ ! -e $kube_proxy_mark ]] || waits=yes
  touch "$kube_proxy_mark"
  before=$(kube_proxy_config)
  run_kubeadm init phase addon all || explain_kubeadm
  if [[ $waits == yes || $(kube_proxy_config) != "$before" ]]; then
    kubectl --namespace kube-system rollout restart daemonset/kube-proxy >/dev/null
  fi
  rm --force "$kube_proxy_mark"
}

kube_proxy_config() {
  kubectl --namespace kube-system get configmap kube-proxy --output jsonpath='{.data.config\.conf}'
}
