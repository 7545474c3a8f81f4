#!/usr/bin/env bash
# A control plane as it is described: its certificates and its static pods.
: "${MIRROR?}"
: "${described:?}" "${manifests:?}" "${restart_mark:?}"

settle_control_plane() {
  local components
  if [[ -n $SNAPSHOT_SCRIPT ]]; then
    install_backup /etc/kubernetes/pki/etcd/{ca.crt,healthcheck-client.crt,healthcheck-client.key}
  fi
  choose_kube_proxy_mode
  put_back_what_is_away
  describe_manifests
  if changes_version; then
    pull_images
  fi
  settle_certificates
  mapfile -t components < <(components_to_restart)
  see_interrupted_healthy "${components[@]}"
  if ((${#components[@]} > 0)); then
    snapshot_first
    wait_for_the_others "${components[@]}"
    restart_static_pods "${components[@]}"
    rm --force "$restart_mark"
  fi
  settle_records
}

# A start that waited for its image would be given up, with what ran before taken away until then. From a mirror that is a
# folder of this machine they were imported.
pull_images() {
  local image images present
  [[ $MIRROR != file://* ]] || return 0
  present=$(containerd_client images list --quiet)
  mapfile -t images < <(sed --quiet 's/^ *image: //p' "$described"/*.yaml)
  for image in "${images[@]}"; do
    ! grep --quiet --line-regexp --fixed-strings "$image" <<<"$present" || continue
    phase "pulling the images of Kubernetes $KUBERNETES_VERSION"
    run_kubeadm config images pull || explain_kubeadm
    return
  done
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
