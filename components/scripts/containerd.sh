#!/usr/bin/env bash
# containerd with its CNI plugins and runc, as a service that is restarted only when something of it has changed.
: "${PAUSE_IMAGE:?}" "${REGISTRIES[@]-}" "${REGISTRY_HOSTS[@]-}" "${mirror_mark:?}" "${containerd_settings:?}"

# The checksums of what is installed, noted when containerd was seen to run with it.
readonly containerd_record=/usr/local/lib/pulumi-kubeadm/containerd

install_containerd() {
  local changed=false installed wanted
  installed=$(cat "$containerd_record" 2>/dev/null) || true
  wanted=$(containerd_checksums)
  if [[ ! -x /usr/local/bin/containerd || $installed != "$wanted" ]]; then
    unpack containerd /usr/local
    unpack cni-plugins /opt/cni/bin
    place runc /usr/local/sbin/runc
    changed=true
  fi
  place_registry_mirrors
  place_containerd_settings
  if [[ -e $containerd_settings.before ]]; then changed=true; fi
  if write_file /etc/containerd/config.toml 0644 "$(containerd_config "/etc/containerd/conf.d/*.toml" "$containerd_settings/*.toml")"; then changed=true; fi
  if write_file /etc/systemd/system/containerd.service 0644 "$(containerd_unit)"; then
    changed=true
    systemctl daemon-reload
  fi
  systemctl enable --quiet containerd
  if [[ $changed == true ]] || ! systemctl is-active --quiet containerd; then
    systemctl restart containerd || explain_containerd
  fi
  wait_for 60 "containerd's socket" test -S /run/containerd/containerd.sock ||
    fail "containerd does not run" "see journalctl -u containerd" "put right what it says"
  rm --recursive --force "$containerd_settings.before"
  write_file "$containerd_record" 0644 "$wanted" || true
}

containerd_checksums() {
  local name
  for name in containerd cni-plugins runc; do
    checksum "$name"
  done
}

# containerd reads them at each pull.
place_registry_mirrors() {
  local index file
  remove_mirrors_but "${REGISTRIES[@]}"
  for index in "${!REGISTRIES[@]}"; do
    file=$(mirror_file "${REGISTRIES[index]}")
    [[ ! -e $file ]] || is_our_mirror "$file" ||
      fail "there is $file already" "somebody else has put it there" "take ${REGISTRIES[index]} out of registryMirrors, or that file off the machine"
    write_file "$file" 0644 "$mirror_mark"$'\n\n'"${REGISTRY_HOSTS[index]}" || true
  done
}

mirror_file() {
  echo "/etc/containerd/certs.d/$1/hosts.toml"
}

# containerd_client ARGUMENT...: ctr among Kubernetes' containers. On cgroup v1 every command of it would warn of that.
containerd_client() {
  CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1 ctr --namespace k8s.io "$@"
}

# containerd_config IMPORT...: with the settings in these files, the later over the earlier.
containerd_config() {
  cat <<CONFIG
version = 3
imports = [$(printf '"%s", ' "$@")]
required_plugins = ["io.containerd.grpc.v1.cri"]

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "$PAUSE_IMAGE"

[plugins."io.containerd.cri.v1.images".registry]
config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
disable_apparmor = $([[ -e /sys/kernel/security/apparmor ]] && echo false || echo true)

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/opt/cni/bin"]
conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "/usr/local/sbin/runc"
SystemdCgroup = true
CONFIG
}

containerd_unit() {
  cat <<'UNIT'
[Unit]
Description=containerd
After=network.target local-fs.target

[Service]
Type=notify
ExecStart=/usr/local/bin/containerd
Restart=always
RestartSec=2
KillMode=process
Delegate=yes
OOMScoreAdjust=-999
TasksMax=infinity

[Install]
WantedBy=multi-user.target
UNIT
}
