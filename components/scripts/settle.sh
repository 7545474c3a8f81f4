#!/usr/bin/env bash
# Brings a running node to what is described: its programs, settings and certificates. Restarts only what differs.
: "${ROLE:?}" "${IMAGES[@]:?}"
: "${state_folder:?}" "${patches_folder:?}" "${log_file?}" "${FILE_PATHS[@]-}"

# There while changes of the kubelet wait for its restart.
readonly kubelet_mark=$state_folder/kubelet-changes

main() {
  local pods=()
  one_at_a_time
  start_log settle
  phase "comparing it with its description"
  install_containerd
  import_images "${IMAGES[@]}"
  install_programs kubeadm kubectl
  place_files
  if [[ $ROLE == control-plane ]]; then
    settle_control_plane
  fi
  settle_kubelet
  clear_fetched
  if [[ $ROLE == control-plane ]]; then
    mapfile -t pods < <(described_static_pods)
    certificates_end
  fi
  record_described_files "${pods[@]}"
}

settle_kubelet() {
  local before waits=no
  [[ ! -e $kubelet_mark ]] || waits=yes
  touch "$kubelet_mark"
  before=$(kubelet_state)
  install_programs kubelet
  install_kubelet_unit || true
  kubeadm upgrade node phase kubelet-config --patches "$patches_folder" >>"$log_file" 2>&1 || explain_kubeadm
  # kubeadm keeps a copy of the file for each time.
  find /etc/kubernetes/tmp /etc/kubernetes -maxdepth 1 -name 'kubeadm-kubelet-config*' -exec rm --recursive --force {} + 2>/dev/null || true
  if [[ $waits == yes || $(kubelet_state) != "$before" ]]; then
    phase "restarting the kubelet"
    systemctl restart kubelet
  fi
  wait_for 60 "the kubelet to be healthy" curl --silent --fail http://127.0.0.1:10248/healthz ||
    fail "the kubelet is not healthy: $LAST_SEEN" "a setting that it does not take, most likely; see journalctl -u kubelet" \
      "set right what it complains of, then run \`pulumi up\` again"
  rm --force "$kubelet_mark"
}

# One of them may not be there: a node that is older than the record of its programs, for example.
kubelet_state() {
  {
    cat /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env /etc/systemd/system/kubelet.service \
      /usr/local/lib/pulumi-kubeadm/kubelet 2>/dev/null || true
  } | sha256sum
}

# record_described_files FILE...: these, and each other one that settling writes, as it has left it.
record_described_files() {
  local path files=("$@" /etc/containerd/config.toml /etc/systemd/system/{containerd,kubelet}.service /var/lib/kubelet/config.yaml)
  for path in "${FILE_PATHS[@]}"; do
    files+=("/etc/kubernetes/$path")
  done
  record_files "${files[@]}"
}

main "$@" </dev/null
