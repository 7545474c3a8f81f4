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

# The last one of them brings the addons. So one that does not answer must not be taken for one that comes later.
all_have_the_version() {
  local addresses address
  addresses=$(other_control_planes) ||
    fail "the cluster does not say which control planes it has" "its API server does not answer this node" \
      "see the API server's log, then run \`pulumi up\` again"
  for address in $addresses; do
    wait_for 300 "the API server at $address to say its version" api_server "$address" /version ||
      fail "the API server at $address does not say its version: $LAST_SEEN" "that control plane is away" \
        "bring it back, or replace it, then run \`pulumi up\` again"
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
