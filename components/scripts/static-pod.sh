#!/usr/bin/env bash
# One static pod of the control plane: whether it has ended, and what it said last.
: "${replaced:?}"

has_ended() {
  wait_for 90 "$1 to end" is_gone "$1" || fail "$1 does not end" "see journalctl -u kubelet; what ran before was put back" \
    "end it by hand, or restart the machine"
}

# The kubelet removes a pod's own slice last; before that it would put a new pod of the same name off.
is_gone() {
  local pid pod
  pid=$(container_pid "$1") || return 1
  [[ -z $pid ]] || return 1
  pod=$(cat "$replaced/$1.slice" 2>/dev/null) || true
  [[ -z $pod ]] || ! systemctl is-active --quiet "$pod"
}

# The process of a component's container, or nothing.
container_pid() {
  local ids
  ids=$(containerd_client containers list --quiet \
    "labels.\"io.kubernetes.pod.name\"==$1-$NODE,labels.\"io.kubernetes.container.name\"==$1") || return
  containerd_client tasks list | awk -v ids="$ids" '$3 == "RUNNING" && index(ids, $1) {print $2}'
}

last_words_of_pod() {
  local words
  words=$(tail --quiet --lines 3 "/var/log/pods/kube-system_$1-$NODE"_*/"$1"/*.log 2>/dev/null | cut -c1-300) || true
  echo "${words:-it wrote nothing}"
}
