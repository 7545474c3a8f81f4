#!/usr/bin/env bash
# Brings a running node to what is described: its programs, settings and certificates. Restarts only what differs.
: "${ROLE:?}" "${IMAGES[@]:?}"
: "${state_folder:?}" "${patches_folder:?}" "${log_file?}" "${FILE_PATHS[@]-}" "${REGISTRIES[@]-}" "${containerd_settings:?}" "${CONTAINERD_SETTINGS[@]-}"

# There while changes of the kubelet wait to be seen healthy: its configuration before them.
readonly kubelet_mark=$state_folder/kubelet-changes kubelet_config=/var/lib/kubelet/config.yaml

main() {
  local own=()
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
    mapfile -t own < <(described_static_pods && backup_files)
    certificates_end
  fi
  record_described_files "${own[@]}"
}

settle_kubelet() {
  local before waits=no works=kubelet_answers
  [[ ! -e $kubelet_mark ]] || waits=yes
  [[ $waits == yes ]] || cp "$kubelet_config" "$kubelet_mark"
  before=$(kubelet_state)
  install_programs kubelet
  install_kubelet_unit || true
  kubeadm upgrade node phase kubelet-config --patches "$patches_folder" >>"$log_file" 2>&1 || explain_kubeadm
  # kubeadm keeps a copy of the file for each time.
  find /etc/kubernetes/tmp /etc/kubernetes -maxdepth 1 -name 'kubeadm-kubelet-config*' -exec rm --recursive --force {} + 2>/dev/null || true
  if [[ $waits == yes || $(kubelet_state) != "$before" ]]; then
    phase "restarting the kubelet"
    systemctl restart kubelet
    works=kubelet_stays
  fi
  wait_for 60 "the kubelet to be healthy" "$works" || put_kubelet_back
  rm --force "$kubelet_mark"
}

# It answers before all of it runs, and ends should the rest not start.
kubelet_stays() {
  local process
  process=$(systemctl show --property MainPID --value kubelet)
  kubelet_answers && sleep 3 && kubelet_answers && [[ $(systemctl show --property MainPID --value kubelet) == "$process" ]]
}

kubelet_answers() { curl --noproxy '*' --silent --fail --max-time 2 http://127.0.0.1:10248/healthz; }

put_kubelet_back() {
  local words
  words=$(last_words kubelet)
  cp "$kubelet_mark" "$kubelet_config"
  systemctl restart kubelet
  fail "the kubelet does not become healthy: $words" "a setting that it does not take, most likely; its configuration before was put back" \
    "set right what it complains of, then run \`pulumi up\` again"
}

# One of them may not be there: a node that is older than the record of its programs, for example.
kubelet_state() {
  {
    cat "$kubelet_config" /var/lib/kubelet/kubeadm-flags.env /etc/systemd/system/kubelet.service \
      /usr/local/lib/pulumi-kubeadm/kubelet 2>/dev/null || true
  } | sha256sum
}

# record_described_files FILE...: these, and each other one that settling writes, as it has left it.
record_described_files() {
  local path files=("$@" /etc/containerd/config.toml /etc/systemd/system/{containerd,kubelet}.service "$kubelet_config")
  for path in "${FILE_PATHS[@]}"; do
    files+=("/etc/kubernetes/$path")
  done
  for path in "${REGISTRIES[@]}"; do
    files+=("$(mirror_file "$path")")
  done
  for path in "${!CONTAINERD_SETTINGS[@]}"; do
    files+=("$containerd_settings/$path.toml")
  done
  record_files "${files[@]}"
}

main "$@" </dev/null
