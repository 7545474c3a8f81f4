#!/usr/bin/env bash
# A control plane as it is described: its certificates and its static pods.
: "${ADDRESS:?}"
: "${described:?}" "${manifests:?}" "${restart_mark:?}"

settle_control_plane() {
  local components
  if [[ -n $SNAPSHOT_SCRIPT ]]; then
    install_backup /etc/kubernetes/pki/etcd/{ca.crt,healthcheck-client.crt,healthcheck-client.key}
  fi
  choose_kube_proxy_mode
  put_back_what_is_away
  describe_manifests
  settle_certificates
  mapfile -t components < <(components_to_restart)
  see_interrupted_healthy "${components[@]}"
  if ((${#components[@]} > 0)); then
    wait_for_the_others
    snapshot_first
    restart_static_pods "${components[@]}"
    rm --force "$restart_mark"
  fi
  settle_records
}

# The files of its static pods.
described_static_pods() {
  local path
  for path in "$described"/*.yaml; do
    echo "$manifests/${path##*/}"
  done
}

# An API server does not live through a restart of its etcd well: it ends before and starts after.
components_to_restart() {
  local component etcd=no
  for component in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    [[ -e $described/$component.yaml ]] || continue
    if [[ $component == kube-apiserver && $etcd == yes ]] || ! is_as_described "$component" ||
      grep --quiet --line-regexp "$component" "$restart_mark" 2>/dev/null; then
      echo "$component"
      [[ $component != etcd ]] || etcd=yes
    fi
  done
}

# The way back from another version, or from a setting of etcd that its data does not survive. A member that is not
# healthy has nothing worth keeping, and what is described may be its repair; one that is away is being restarted.
snapshot_first() {
  local reason
  [[ -e $described/etcd.yaml && -e $manifests/etcd.yaml ]] || return 0
  if changes_version; then
    reason="before-v$KUBERNETES_VERSION"
  elif ! is_as_described etcd; then
    reason="before-etcd-settings"
  else
    return 0
  fi
  if ! is_healthy etcd >/dev/null 2>&1; then
    echo "$NODE: its member of etcd is not healthy; no snapshot is taken"
    return 0
  fi
  phase "taking a snapshot of etcd"
  take_snapshot "$reason" >/dev/null
}

# A restart takes an API server, and maybe a member of etcd, away for a moment. It must be the only one.
wait_for_the_others() {
  wait_for 300 "the other control planes to be healthy" others_are_healthy ||
    fail "another control plane is not healthy: $LAST_SEEN" "a restart here would put the quorum of etcd at risk" \
      "bring that one back, or replace it, then run \`pulumi up\` again"
}

others_are_healthy() {
  local addresses address
  addresses=$(other_control_planes) || {
    echo "the cluster does not say which control planes it has"
    return 1
  }
  for address in $addresses; do
    api_server "$address" /readyz || {
      echo "the API server at $address is not ready"
      return 1
    }
  done
}

# The addresses of the others; none where no API server answers, this one neither: then there is nothing to wait for, and
# this may be the only one.
other_control_planes() {
  local addresses
  if ! addresses=$(kubectl get nodes --selector node-role.kubernetes.io/control-plane \
    --output jsonpath='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}'); then
    ! api_server "$ADDRESS" /readyz >/dev/null 2>&1
    return
  fi
  grep --invert-match --line-regexp --fixed-strings "$ADDRESS" <<<"$addresses" || true
}
