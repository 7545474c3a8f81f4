#!/usr/bin/env bash
# etcdctl where etcd runs on the control planes, through the kubectl of the script that this is a part of.

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
