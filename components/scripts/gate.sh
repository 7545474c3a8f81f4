#!/usr/bin/env bash
# Whether the cluster is fit for another version of Kubernetes: all nodes Ready, etcd healthy and new enough.
: "${KUBERNETES_VERSION:?}" "${ETCD_MINIMUM:?}"

main() {
  one_at_a_time
  wait_for_api
  refuse_way_back
  is_upgrade || return 0
  phase "checking that the cluster is fit for Kubernetes $KUBERNETES_VERSION"
  wait_for 120 "all nodes to be Ready" all_are_ready ||
    fail "not all nodes are Ready: $LAST_SEEN" "an upgrade would take another one away" "bring them back, replace them or take them out first"
  wait_for 60 "all members of etcd to be healthy" etcdctl endpoint health --cluster ||
    fail "etcd is not healthy: $LAST_SEEN" "an upgrade restarts its members one after another" "bring the member back, or replace its machine, first"
  etcd_is_new_enough
}

# An upgrade that has stopped halfway is in no record of the program. What a snapshot tells of machines that a restore has made
# anew is soon set right by their kubelets.
refuse_way_back() {
  local newest
  wait_for 60 "nothing to be newer than Kubernetes $KUBERNETES_VERSION" nothing_is_newer && return
  newest=$(sed --quiet --regexp-extended 's/^.* is of ([0-9.]+), newer than .*/\1/p' <<<"$LAST_SEEN" | sort --version-sort | tail -n 1)
  [[ -n $newest ]] ||
    fail "the cluster does not say which versions run: $LAST_SEEN" "the API server does not answer" "see its log"
  fail "$LAST_SEEN" "an upgrade to $newest has begun, and Kubernetes has no downgrade" \
    "set kubernetesVersion to $newest, and run \`pulumi up\` again, which goes on with it"
}

# Machines that join by themselves are the last to be upgraded, and a restore keeps them.
nothing_is_newer() {
  local kubelets servers
  kubelets=$(kubectl get nodes --selector '!pulumi-kubeadm/pool' \
    --output jsonpath='{range .items[*]}the kubelet of {.metadata.name} {.status.nodeInfo.kubeletVersion}{"\n"}{end}') || return 1
  servers=$(kubectl --namespace kube-system get pods --selector component=kube-apiserver,tier=control-plane \
    --output jsonpath='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status} the API server of {.spec.nodeName} {.spec.containers[0].image}{"\n"}{end}') || return 1
  servers=$(sed --quiet --regexp-extended 's/^True (.* )[^ ]*:(v[0-9.]+)[^ ]*$/\1\2/p' <<<"$servers")
  newer_ones <<<"$kubelets"$'\n'"$servers"
}

# Says which of the lines, that end with a version, have a newer one, and fails when one has.
newer_ones() {
  local line version seen=0
  while read -r line; do
    version=${line##* v}
    [[ $line == *" v"[0-9]* && $version != "$KUBERNETES_VERSION" ]] || continue
    if [[ $(printf '%s\n' "$version" "$KUBERNETES_VERSION" | sort --version-sort | tail -n 1) == "$version" ]]; then
      echo "${line% *} is of $version, newer than $KUBERNETES_VERSION"
      seen=1
    fi
  done
  return "$seen"
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
