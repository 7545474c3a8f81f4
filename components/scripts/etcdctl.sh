#!/usr/bin/env bash
# etcd's members as another member sees them, through the kubectl of the script that this is a part of.

# etcdctl in the pod of a member that runs on another node than $NODE.
etcdctl() {
  local pod
  pod=$(kubectl --namespace kube-system get pods --selector component=etcd,tier=control-plane \
    --output jsonpath='{range .items[?(@.status.phase=="Running")]}{.metadata.name}{"\n"}{end}' |
    awk -v own="etcd-$NODE" '$0 != own {print; exit}')
  if [[ -z $pod ]]; then
    echo "no etcd member runs on another node" >&2
    return 1
  fi
  kubectl --namespace kube-system exec "$pod" -- etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt \
    --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
}

# member_id PEER_URL: the id of the etcd member with this peer URL, or nothing.
member_id() {
  etcdctl member list | awk -F', ' -v url="$1" '$4 == url {print $1}'
}

# remove_member PEER_URL: takes the member with this peer URL out, if there is one. etcd refuses while another member is
# connected for less than 5 s, as one is that has just joined.
remove_member() {
  local id
  id=$(member_id "$1") || return 1
  [[ -n $id ]] || return 0
  phase "taking its etcd member out"
  wait_for 60 "etcd to let its member go" member_goes "$1"
}

member_goes() {
  local id
  id=$(member_id "$1") || return 1
  [[ -z $id ]] || etcdctl member remove "$id"
}
