#!/usr/bin/env bash
# What the admin steps share: kubectl through the load balancer, with a kubeconfig that never touches the disk.
: "${KUBECONFIG_TEXT:?}"

kubectl() {
  command kubectl --kubeconfig <(echo "$KUBECONFIG_TEXT") --request-timeout 30s "$@"
}

wait_for_api() {
  wait_for 120 "the API server behind the load balancer" kubectl get --raw /readyz ||
    fail "the API server does not answer through the load balancer: $LAST_SEEN" \
      "no control plane is ready, or the load balancer does not see them" "look at the load balancer's statistics page"
}

# node_field JSONPATH: a field of the Node object of $NODE; nothing when there is none.
node_field() {
  kubectl get node "$NODE" --ignore-not-found --output "jsonpath=$1"
}

# etcdctl in the pod of a member that runs on another node than $NODE.
etcdctl() {
  local pod
  pod=$(kubectl --namespace kube-system get pods --selector component=etcd,tier=control-plane \
    --output jsonpath='{range .items[?(@.status.phase=="Running")]}{.metadata.name}{"\n"}{end}' |
    grep --invert-match --line-regexp "etcd-$NODE" | head -n 1)
  [[ -n $pod ]] || return 1
  kubectl --namespace kube-system exec "$pod" -- etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt \
    --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
}

# member_id PEER_URL: the id of the etcd member with this peer URL, or nothing.
member_id() {
  etcdctl member list | awk -F', ' -v url="$1" '$4 == url {print $1}'
}

delete_token() {
  kubectl --namespace kube-system delete secret "bootstrap-token-$TOKEN_ID" --ignore-not-found >/dev/null
}

