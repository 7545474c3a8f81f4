#!/usr/bin/env bash
# What init and join share: files for kubeadm, a run of kubeadm, and the cause of a failed one.
: "${CONFIG:?}" "${FILE_PATHS[@]-}" "${FILE_MODES[@]-}" "${FILE_CONTENTS[@]-}"

state_folder=/etc/kubernetes/pulumi-kubeadm
patches_folder=$state_folder/patches

# With what kubeadm left on a control plane.
kubectl() {
  command kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s "$@"
}

# The mark that this machine is a member: written when kubeadm has ended well, gone with /etc/kubernetes.
is_member() {
  [[ -e $state_folder/member ]]
}

mark_member() {
  install -D --mode 0600 /dev/null "$state_folder/member"
}

# The kubelet's configuration is all that a worker's join leaves whose kubelet does not come up.
has_leftovers() {
  [[ -n $(find /etc/kubernetes/manifests /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf \
    /var/lib/kubelet/config.yaml /var/lib/etcd/member -maxdepth 1 ! -type d -print -quit 2>/dev/null) || -d /var/lib/etcd/member ]]
}

# clear_leftovers [COMMAND]: kubeadm does not run twice over its own leftovers, and its reset takes the PKI with it. The
# command is what must be done before.
clear_leftovers() {
  wait_for 600 "an earlier kubeadm to end" kubeadm_is_gone ||
    fail "an earlier kubeadm still runs on this machine" "it hangs" "end it, then run \`pulumi up\` again"
  has_leftovers || return 0
  phase "clearing what an interrupted run left"
  "${1:-true}"
  kubeadm reset --force --cleanup-tmp-dir >>"$log_file" 2>&1 ||
    fail "kubeadm reset failed" "see the log below" "clear the machine by hand, or replace it"
  rm --recursive --force /etc/cni/net.d "$state_folder"
  # No pod starts on a bridge of the podCIDR before, which flannel's file tells.
  rm --recursive --force /run/flannel
  [[ ! -e /sys/class/net/cni0 ]] || ip link delete cni0
  # Where the folder is a disk of its own, it stays, and is empty.
  rm --recursive --force /var/lib/etcd 2>/dev/null || true
  # containerd was seen to fall over a reset's removals; systemd has it back in 2 s.
  wait_for 60 "containerd to answer" ctr version ||
    fail "containerd does not answer after the reset" "see journalctl -u containerd" "put right what it says"
}

kubeadm_is_gone() {
  ! pidof kubeadm
}

start_log() {
  log_file=/var/log/pulumi-kubeadm/$1.log
  install -D --mode 0600 /dev/null "$log_file"
}

# Kubernetes' own folder for certificates, and the patches of this node and no others.
place_files() {
  local index
  rm --recursive --force "$patches_folder"
  install -d -m 0700 "$patches_folder"
  for index in "${!FILE_PATHS[@]}"; do
    install -D --mode "${FILE_MODES[index]}" /dev/stdin "/etc/kubernetes/${FILE_PATHS[index]}" <<<"${FILE_CONTENTS[index]}"
  done
  if uses_cgroup_v1; then
    echo 'failCgroupV1: false' >"$patches_folder/kubeletconfiguration9+strategic.yaml"
  fi
}

# kubeadm's SystemVerification knows of no exception for cgroup v1; our own preflight has decided about it.
preflight_flag() {
  if uses_cgroup_v1; then
    echo --ignore-preflight-errors=SystemVerification
  else
    echo --ignore-preflight-errors=
  fi
}

uses_cgroup_v1() {
  [[ $(stat -fc %T /sys/fs/cgroup) != cgroup2fs ]]
}

# run_kubeadm COMMAND [FLAG...]: the configuration goes in by a file descriptor, so no token is ever on disk. Its preflight
# gives containerd 2 s to answer, which a busy machine may not do, and has changed nothing by then.
run_kubeadm() {
  local tries=1
  until kubeadm "$@" --config <(echo "$CONFIG") >>"$log_file" 2>&1; do
    [[ $((tries++)) -lt 3 && $(tail -n 5 "$log_file") == *"ERROR CRI"*DeadlineExceeded* ]] || return
    sleep 5
  done
}

# explain_kubeadm: fails with the cause that kubeadm's log shows. Its warnings are no causes.
explain_kubeadm() {
  local seen pattern cause repair
  seen=$(grep --extended-regexp '^(error|\s*\[ERROR|.*(Unfortunately|timed out|deadline))' "$log_file" | tail -n 2 | cut -c1-400 | paste -sd' ') || true
  journalctl --unit kubelet --no-pager --lines 15 --output cat >>"$log_file" 2>/dev/null || true
  while IFS='#' read -r pattern cause repair; do
    if grep --invert-match --fixed-strings '[WARNING' "$log_file" | grep --extended-regexp "$pattern" >/dev/null; then
      fail "${seen:-kubeadm ended with an error}" "$cause" "$repair"
    fi
  done < <(known_causes)
  fail "${seen:-kubeadm ended with an error}" "not one of the known ones" "read the log below"
}

# Pattern, cause and repair, the first that fits. A registry may have a certificate of another CA as well, and kubeadm blames
# "required cgroups disabled" whenever the kubelet does not start.
known_causes() {
  cat <<'CAUSES'
ERROR ImagePull|failed to pull image#an image could not be pulled#check the registry and this machine's way to it
are pinned|unknown authority#the endpoint shows a certificate of another CA#look at what answers there; the load balancer may lead to another cluster
JWS signature|token.*(invalid|expired)#the bootstrap token is no longer valid#run `pulumi up` again, which admits this node for another hour
not yet valid|certificate has expired#this machine's clock is wrong#set the clock
ERROR Port-[0-9]+#a port of Kubernetes is taken#stop the process that has it
no space left#the disk is full#free space in /var
ERROR SystemVerification|host using cgroup v1#the cgroups of the machine do not fit#boot with cgroup v2, or set allowCgroupV1
ERROR CRI#containerd does not answer#see journalctl -u containerd
ERROR Swap|running with swap on#swap is on#turn it off
version skew|not compatible#kubeadm and the cluster differ in version#use the cluster's kubernetesVersion
can only promote a learner|too many learner|unhealthy cluster#etcd refused the member#look at etcd's members; one may be left of an earlier machine
kubelet is not healthy#the kubelet does not run#read its last words below, all of them in journalctl -u kubelet
connection refused#the endpoint refused the connection#look at the load balancer and at the API servers behind it
deadline exceeded|i/o timeout|timed out#an answer did not come in time#look at the endpoint, and at the kubelet's log below
CAUSES
}
