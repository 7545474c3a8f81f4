#!/usr/bin/env bash
# Checks a machine, then gives it a kernel, containerd, kubeadm and kubelet fit for a node. Does not disturb a running one.
: "${ROLE:?}" "${ADDRESS:?}" "${ENDPOINT:?}" "${CA_CERTIFICATE:?}"
: "${KUBERNETES_VERSION:?}" "${PAUSE_IMAGE:?}" "${ALLOW_CGROUP_V1:?}" "${KUBE_PROXY_MODE:?}"

main() {
  one_at_a_time
  phase "checking the machine"
  preflight
  phase "preparing the kernel"
  prepare_kernel
  phase "installing containerd"
  install_containerd
  if is_node; then
    return
  fi
  phase "installing Kubernetes $KUBERNETES_VERSION"
  install_kubernetes
  rm --recursive --force /var/cache/pulumi-kubeadm
}

is_node() {
  [[ -s /etc/kubernetes/kubelet.conf ]]
}

problems=()

problem() {
  problems+=("[$1] $2")
}

# All checks run before any of them fails the step.
preflight() {
  check_system
  check_cgroup
  check_clock
  if ! is_node; then
    check_resources
    check_ports
  fi
  check_endpoint
  if ((${#problems[@]} > 0)); then
    printf '%s\n' "${problems[@]}" >&2
    fail "${#problems[@]} check(s) of the machine did not pass, see above" "the machine is not fit to be a node" \
      "put right what each check names"
  fi
}

check_system() {
  [[ -d /run/systemd/system ]] || problem systemd "systemd does not run this machine; kubelet and containerd need it"
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) problem architecture "$(uname -m) is not supported; use x86_64 or aarch64" ;;
  esac
  [[ -s /etc/machine-id ]] || problem machine-id "/etc/machine-id is empty; run systemd-machine-id-setup"
  local tool
  for tool in curl iptables conntrack openssl tar; do
    command -v "$tool" >/dev/null || problem "$tool" "the command $tool is missing; install its package"
  done
  if [[ $KUBE_PROXY_MODE == nftables ]] && ! command -v nft >/dev/null; then
    problem nftables "nft is missing; install nftables or set kubeProxyMode: iptables"
  fi
}

check_cgroup() {
  [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]] && return
  [[ $ALLOW_CGROUP_V1 == true ]] ||
    problem cgroup "the machine uses cgroup v1, which kubelet 1.35 and newer refuse; boot with cgroup v2, or set allowCgroupV1: true"
}

# A certificate that is not valid yet is what a clock that is behind looks like later.
check_clock() {
  local start
  start=$(date --date "$(openssl x509 -noout -startdate <<<"$CA_CERTIFICATE" | cut -d= -f2)" +%s)
  (($(date +%s) >= start)) ||
    problem clock "the clock shows $(date --utc +%FT%TZ), before the cluster's CA was made; set it (chrony or systemd-timesyncd)"
}

check_resources() {
  local memory_mib space_mib needed_mib=900
  memory_mib=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)
  space_mib=$(df --output=avail --block-size=MiB /var/lib | tail -n 1 | tr -dc 0-9)
  if [[ $ROLE == control-plane ]]; then
    needed_mib=1700
    (($(nproc) >= 2)) || problem cpu "$(nproc) CPU; a control plane needs 2"
  fi
  ((memory_mib >= needed_mib)) || problem memory "$memory_mib MiB; a $ROLE needs $needed_mib MiB"
  ((space_mib >= 2048)) || problem disk "$space_mib MiB free in /var/lib; 2048 MiB are needed"
}

check_ports() {
  local port ports=(10250) taken
  if [[ -e /etc/kubernetes/manifests && -n $(ls /etc/kubernetes/manifests) ]]; then
    return # left by an interrupted init or join, which clears it itself
  fi
  if [[ $ROLE == control-plane ]]; then
    ports+=(6443 10257 10259 2379 2380)
  fi
  for port in "${ports[@]}"; do
    taken=$(ss --no-header --listening --tcp --processes "sport = :$port" | head -n 1)
    [[ -z $taken ]] || problem "port-$port" "taken by ${taken##* }; stop that process"
  done
}

# A refused connection is fine, nobody serves yet. No answer at all is a path that is closed.
check_endpoint() {
  local host=${ENDPOINT%:*} port=${ENDPOINT##*:} seen
  seen=$(timeout 5 bash -c "exec 3<>/dev/tcp/$host/$port" 2>&1) && return
  case $seen in
    *"Connection refused"* | *"reset by peer"*) ;;
    *"Name or service not known"* | *"name resolution"*)
      problem endpoint "the name $host of controlPlaneEndpoint does not resolve here; look at DNS" ;;
    *"No route"* | *"unreachable"*)
      problem endpoint "no route from $ADDRESS to $ENDPOINT; look at the machine's routes and the load balancer's address" ;;
    *)
      problem endpoint "$ENDPOINT did not answer within 5 s; look at firewalls and security groups between $ADDRESS and the load balancer" ;;
  esac
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
  swapoff --all
  sed --in-place --regexp-extended 's/^([^#].*[[:space:]]swap[[:space:]].*)$/# \1/' /etc/fstab
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

# write_file PATH MODE TEXT: succeeds when the file was changed, fails when it already was as asked.
write_file() {
  [[ -e $1 && $(<"$1") == "$3" ]] && return 1
  install -D --mode "$2" /dev/stdin "$1" <<<"$3"
}

install_containerd() {
  local changed=false
  if [[ ! -x /usr/local/bin/containerd || $(</usr/local/lib/pulumi-kubeadm/containerd) != "$(checksum containerd)" ]]; then
    unpack containerd /usr/local
    unpack cni-plugins /opt/cni/bin
    place runc /usr/local/sbin/runc
    install -D --mode 0644 /dev/stdin /usr/local/lib/pulumi-kubeadm/containerd <<<"$(checksum containerd)"
    changed=true
  fi
  if write_file /etc/containerd/config.toml 0644 "$(containerd_config)"; then changed=true; fi
  if write_file /etc/systemd/system/containerd.service 0644 "$(containerd_unit)"; then
    changed=true
    systemctl daemon-reload
  fi
  systemctl enable --quiet containerd
  if [[ $changed == true ]]; then
    systemctl restart containerd
  fi
  wait_for 60 "containerd's socket" test -S /run/containerd/containerd.sock ||
    fail "containerd does not run" "see journalctl -u containerd" "put right what it says"
}

containerd_config() {
  cat <<CONFIG
version = 3

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

install_kubernetes() {
  local binary
  for binary in kubeadm kubelet kubectl; do
    place "$binary" "/usr/local/bin/$binary"
  done
  write_file /etc/systemd/system/kubelet.service 0644 "$(kubelet_unit)" && systemctl daemon-reload
  systemctl enable --quiet kubelet
}

kubelet_unit() {
  cat <<'UNIT'
[Unit]
Description=kubelet
Wants=network-online.target
After=network-online.target containerd.service
StartLimitIntervalSec=0

[Service]
Environment=KUBELET_KUBECONFIG_ARGS="--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment=KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
UNIT
}

main "$@" </dev/null
