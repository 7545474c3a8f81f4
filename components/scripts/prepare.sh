#!/usr/bin/env bash
# Checks a machine, then gives it a kernel, containerd, kubeadm and kubelet fit for a node. Does not disturb a running one.
: "${KEEP_SWAP:?}" "${ROLE:?}" "${IMAGES[@]:?}"

main() {
  one_at_a_time
  wait_for_first_boot
  phase "checking the machine"
  preflight
  claim containerd kubeadm kubelet kubectl
  phase "preparing the kernel"
  prepare_kernel
  install_credential_provider
  if is_node; then
    if [[ $ROLE == control-plane ]]; then
      renew_ended_certificates
    fi
    phase "fetching what it will run"
    fetch_ahead
    return
  fi
  phase "installing containerd"
  install_containerd
  import_images "${IMAGES[@]}"
  phase "installing Kubernetes $KUBERNETES_VERSION"
  install_programs kubeadm kubelet kubectl
  install_kubelet_unit || true
  systemctl enable --quiet kubelet
  if [[ $ROLE == control-plane ]]; then
    phase "installing etcd's tools"
    install_etcd_programs etcdctl etcdutl
  fi
  clear_fetched
}

is_node() {
  [[ -s /etc/kubernetes/kubelet.conf ]]
}

prepare_kernel() {
  write_file /etc/modules-load.d/kubernetes.conf 0644 $'overlay\nbr_netfilter' || true
  local module
  for module in overlay br_netfilter; do
    modprobe --quiet "$module" || true
  done
  [[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]] ||
    fail "the kernel has no br_netfilter" "the module is neither built in nor loadable" "install the kernel's modules package"
  grep --quiet overlay /proc/filesystems ||
    fail "the kernel has no overlay file system" "the module is neither built in nor loadable" "install the kernel's modules package"
  write_file /etc/sysctl.d/90-kubernetes.conf 0644 "$(kernel_settings)" || true
  sysctl --quiet --load=/etc/sysctl.d/90-kubernetes.conf
  if [[ $KEEP_SWAP == true ]]; then
    return
  fi
  swapoff --all
  sed --in-place --regexp-extended 's/^([^#].*[[:space:]]swap[[:space:]].*)$/# \1/' /etc/fstab
  # systemd finds partitions of swap by itself that fstab does not have.
  systemctl mask --quiet swap.target
}

kernel_settings() {
  cat <<'SETTINGS'
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.ipv4.ip_forward = 1
fs.inotify.max_user_watches = 1048576
fs.inotify.max_user_instances = 8192
vm.overcommit_memory = 1
kernel.panic = 10
kernel.panic_on_oops = 1
SETTINGS
}

# What settling puts in place later is fetched now, on all nodes at once.
fetch_ahead() {
  local name names=(kubeadm kubelet kubectl containerd runc cni-plugins)
  if [[ $ROLE == control-plane ]]; then
    names+=(etcd)
  fi
  for name in "${names[@]}"; do
    get "$name" >/dev/null
  done
}

main "$@" </dev/null
