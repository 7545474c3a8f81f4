#!/usr/bin/env bash
# Whether the cluster is fit for another version of Kubernetes: all nodes Ready, etcd healthy and new enough.
: "${KUBERNETES_VERSION:?}" "${ETCD_MINIMUM:?}"

main() {
  one_at_a_time
  wait_for_api
  is_upgrade || return 0
  phase "checking that the cluster is fit for Kubernetes $KUBERNETES_VERSION"
  wait_for 120 "all nodes to be Ready" all_are_ready ||
    fail "not all nodes are Ready: $LAST_SEEN" "an upgrade would take another one away" "bring them back, replace them or take them out first"
  wait_for 60 "all members of etcd to be healthy" etcdctl endpoint health --cluster ||
    fail "etcd is not healthy: $LAST_SEEN" "an upgrade restarts its members one after another" "bring the member back, or replace its machine, first"
  etcd_is_new_enough
}

# The step also runs when its way to the cluster changes, for example with another load balancer.
is_upgrade() {
  local versions
  versions=$(kubectl get nodes --output jsonpath='{range .items[*]}{.status.nodeInfo.kubeletVersion}{"\n"}{end}') || return 0
  grep --invert-match --line-regexp --fixed-strings --quiet "v$KUBERNETES_VERSION" <<<"$versions"
}

all_are_ready() {
  kubectl get nodes --no-headers | awk '$2 !~ /^Ready/ {print $1, $2; seen = 1} END {exit seen}'
}

# Later minors of etcd read what an older one wrote only from a certain patch on.
etcd_is_new_enough() {
  local oldest
  oldest=$(members_are_at_least "$ETCD_MINIMUM") ||
    fail "etcd $oldest runs; Kubernetes $KUBERNETES_VERSION brings one that needs all members to be at least $ETCD_MINIMUM" \
      "upstream gates this upgrade" "go to a patch of the running Kubernetes minor whose etcd is new enough first, or give etcd another image by a patch"
}

main "$@" </dev/null
