#!/usr/bin/env bash
# etcd as a service of this machine.

# The id of the member whose data this is.
readonly member_record=/var/lib/pulumi-kubeadm/etcd-member
# The version of Kubernetes for which the member was last settled.
readonly version_record=/var/lib/pulumi-kubeadm/kubernetes-version
# How its first start finds the others; etcd reads nothing of it later.
readonly first_start=/etc/etcd/first-start.env

was_settled() {
  [[ -e $version_record ]]
}

is_active() {
  systemctl is-active etcd
}

# Whether it answers a read that needs the quorum.
is_healthy() {
  etcdctl endpoint health --endpoints "https://$ADDRESS:2379"
}

# write_first_start STATE MEMBER...: each is name=peer-url.
write_first_start() {
  local state=$1
  shift
  install -D --mode 0644 /dev/stdin "$first_start" <<ENVIRONMENT
ETCD_INITIAL_CLUSTER=$(printf '%s\n' "$@" | paste -sd,)
ETCD_INITIAL_CLUSTER_STATE=$state
ENVIRONMENT
}

# record_member ID
record_member() {
  install -D --mode 0644 /dev/stdin "$member_record" <<<"$1"
}

start_log() {
  log_file=/var/log/pulumi-kubeadm/etcd.log
  install -D --mode 0600 /dev/null "$log_file"
}

# fail_with_words SEEN CAUSE REPAIR: the report has etcd's own last words.
fail_with_words() {
  start_log
  journalctl --unit etcd --no-pager --lines 25 --output cat >>"$log_file" 2>/dev/null || true
  fail "$@"
}
