#!/usr/bin/env bash
# Takes a node out of the cluster: drain, etcd member, Node object; never two at once, and never against the quorum.
: "${ROLE:?}" "${ADDRESS:?}"

evict_limit_seconds=900
queue_limit_seconds=1500

# One eviction at a time in the whole cluster, and for a control plane only while etcd keeps its quorum.
evict() {
  exec 8>/run/pulumi-kubeadm-evict.lock
  flock --wait "$queue_limit_seconds" 8 ||
    fail "other evictions still go on after $queue_limit_seconds s" "it waits for the cluster to be healthy" "look at the other nodes first"
  if [[ $ROLE == control-plane ]]; then
    phase "waiting until etcd can do without it"
    wait_for "$evict_limit_seconds" "etcd to be able to do without $NODE" quorum_survives ||
      fail "etcd would lose its quorum: $LAST_SEEN" "another member is missing or not healthy" "bring the others back first"
  fi
  if [[ $(node_field '{.status.conditions[?(@.type=="Ready")].status}') == True ]]; then
    empty_node
  fi
  if [[ $ROLE == control-plane ]]; then
    remove_member "https://$ADDRESS:2380"
  fi
  phase "deleting the node"
  kubectl delete node "$NODE" --ignore-not-found >/dev/null
  delete_token
}

# All members but this one are healthy, there is another, and there are at least as many as the cluster declares.
quorum_survives() {
  local declared members endpoints
  declared=$(kubectl --namespace kube-system get configmap pulumi-kubeadm --output jsonpath='{.data.controlPlaneNodes}') || return 1
  if [[ -z $declared ]]; then
    echo "the cluster does not say how many control planes it is meant to have"
    return 1
  fi
  members=$(etcdctl member list) || return 1
  [[ $members == *"https://$ADDRESS:2380"* ]] || return 0
  if (($(wc -l <<<"$members") < declared)); then
    echo "$(wc -l <<<"$members") members, $declared declared"
    return 1
  fi
  endpoints=$(awk -F', ' -v own="https://$ADDRESS:2380" '$4 != own {print $5}' <<<"$members" | paste -sd,)
  if [[ ,$endpoints, == *,,* ]]; then
    echo "a member has not started"
    return 1
  fi
  etcdctl endpoint health --endpoints "$endpoints"
}
