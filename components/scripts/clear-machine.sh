#!/usr/bin/env bash
# Takes off a machine that leaves the stack all that this program put there, and nothing that it did not put there.

# What this program has put on the machine has a record here from before that.
readonly records=/usr/local/lib/pulumi-kubeadm
readonly haproxy_ca=/etc/haproxy/kubernetes-ca.crt

clear_machine() {
  phase "ending what runs on a schedule"
  end_units pulumi-kubeadm-{etcd-snapshot,join-token}.timer pulumi-kubeadm-{etcd-snapshot,join-token,self-join}.service
  if has_record containerd; then remove_node; fi
  if has_record etcd; then remove_etcd; fi
  if [[ -e $haproxy_ca ]]; then remove_haproxy; fi
  phase "removing its programs"
  remove_programs
  systemctl daemon-reload
  remove /var/cache/pulumi-kubeadm /var/log/pulumi-kubeadm /run/pulumi-kubeadm.sums "$records"
  # It says that there is something to clear.
  remove /var/lib/pulumi-kubeadm
}

has_record() {
  [[ -e $records/$1 ]]
}

# end_units UNIT...: those that are there.
end_units() {
  local unit
  for unit in "$@"; do
    [[ -e /etc/systemd/system/$unit ]] || continue
    systemctl disable --quiet --now "$unit"
    rm --force "/etc/systemd/system/$unit"
  done
}

# remove PATH...: a folder that is a disk of its own stays, and is empty.
remove() {
  local path
  for path in "$@"; do
    rm --recursive --force --one-file-system "$path" 2>/dev/null || [[ -d $path && -z $(ls --almost-all "$path") ]] ||
      fail "$path cannot be removed" "something is mounted below it, or its disk can only be read" \
        "see \`findmnt\` on the machine, and put that right"
  done
}

remove_node() {
  phase "ending its kubelet and its containers"
  end_units kubelet.service
  if [[ -e /etc/kubernetes ]] && command -v kubeadm >/dev/null; then
    # It ends containers in good order. All that it does is done again below, so it may fail.
    timeout 180 kubeadm reset --force --cleanup-tmp-dir --skip-phases=remove-etcd-member >/dev/null ||
      echo "$NODE: kubeadm reset ended with an error; going on without it"
  fi
  # containerd leaves its containers alone when it is stopped.
  systemctl kill --signal=KILL kubepods.slice 2>/dev/null || true
  systemctl kill --signal=KILL containerd.service 2>/dev/null || true
  thaw
  end_units containerd.service
  unmount
  phase "removing Kubernetes' network"
  remove_interfaces
  remove_nft_tables
  remove_iptables_chains iptables
  remove_iptables_chains ip6tables
  phase "removing Kubernetes' files"
  # Beside kubeadm's there are files of the user's, which flags of the control plane name.
  remove /etc/kubernetes/{manifests,pki,tmp} /etc/kubernetes/{admin,super-admin,kubelet,bootstrap-kubelet,controller-manager,scheduler}.conf
  remove_state
  remove /var/lib/kubelet /var/log/pods /var/log/containers
  # A worker has no member of etcd; what is there is not the program's.
  ! has_record etcdutl || remove /var/lib/etcd
  remove /etc/cni/net.d /var/lib/cni /run/flannel /opt/cni/bin
  remove /etc/containerd/config.toml /etc/containerd/pulumi-kubeadm{,.new,.before} /var/lib/containerd /run/containerd
  remove_mirrors_but
  if [[ /etc/systemd/system/swap.target -ef /dev/null ]]; then
    remove /etc/systemd/system/swap.target
  fi
  remove /etc/modules-load.d/kubernetes.conf /etc/sysctl.d/90-kubernetes.conf
}

# With version 1 of cgroups a process that runc had frozen does not end before it goes on.
thaw() {
  local freezer=/sys/fs/cgroup/freezer state
  [[ -d $freezer ]] || return 0
  find "$freezer" -path '*/kubepods*' -name freezer.state | while read -r state; do
    echo THAWED >"$state" || true
  done
}

# Whose data is behind a mount must not be removed with the folder.
unmount() {
  local path left
  mounts | while read -r path; do
    umount --lazy "$(printf %b "$path")" || true
  done
  left=$(mounts)
  [[ -z $left ]] || fail "${left%%$'\n'*} is still mounted" "see umount's words above" "unmount it on the machine"
}

# The innermost first.
mounts() {
  awk '$2 ~ "^(/var/lib/kubelet/|/var/lib/containerd/|/run/containerd/|/run/netns/cni-)" {print $2}' /proc/self/mounts | sort --reverse
}

remove_interfaces() {
  local name
  for name in cni0 flannel.1 flannel-v6.1 kube-ipvs0; do
    [[ ! -e /sys/class/net/$name ]] || ip link delete "$name"
  done
}

remove_nft_tables() {
  local table
  command -v nft >/dev/null || return 0
  for table in "ip kube-proxy" "ip6 kube-proxy" "ip flannel-ipv4" "ip6 flannel-ipv6"; do
    ! nft "list table $table" >/dev/null 2>&1 || nft "delete table $table"
  done
}

# remove_iptables_chains COMMAND: names what goes, so that rules of others stay even when they come at the same time.
remove_iptables_chains() {
  local removals
  command -v "$1-save" >/dev/null || return 0
  removals=$("$1-save" | awk '
    /^\*/ { table = $0 }
    /^:(KUBE|CNI|FLANNEL)-/ { chain = substr($1, 2); flushes = flushes "-F " chain "\n"; chains = chains "-X " chain "\n" }
    /^-A / && !/^-A (KUBE|CNI|FLANNEL)-/ && / -[jg] (KUBE|CNI|FLANNEL)-/ { jumps = jumps "-D" substr($0, 3) "\n" }
    /^COMMIT/ {
      if (jumps flushes != "") print table "\n" jumps flushes chains "COMMIT"
      jumps = flushes = chains = ""
    }')
  [[ -z $removals ]] || "$1-restore" --noflush <<<"$removals" ||
    fail "$1 does not let go of Kubernetes' rules" "see its words above" "restart the machine, which has it forget them"
}

remove_etcd() {
  phase "removing its member of etcd"
  end_units etcd.service
  remove /etc/etcd /var/lib/etcd
  remove_state
  if has_record etcd-user && getent passwd etcd >/dev/null; then
    userdel etcd
  fi
}

# The package stays.
remove_haproxy() {
  phase "ending its load balancer"
  ! command -v haproxy >/dev/null || systemctl disable --quiet --now haproxy
  remove /etc/haproxy/haproxy.cfg{,.new,.before}
  remove_state
  remove "$haproxy_ca"
}

# What the program itself keeps, on every machine.
remove_state() {
  remove /etc/kubernetes/pulumi-kubeadm
  [[ ! -d /etc/kubernetes ]] || rmdir --ignore-fail-on-non-empty /etc/kubernetes
}

remove_programs() {
  local name
  for name in kubeadm kubelet kubectl etcd etcdctl etcdutl; do
    ! has_record "$name" || remove "/usr/local/bin/$name"
  done
  if has_record containerd; then
    remove /usr/local/bin/{containerd,containerd-shim-runc-v2,containerd-stress,ctr} /usr/local/sbin/runc
  fi
}
