#!/usr/bin/env bash
# etcdctl where etcd runs on the control planes, through the kubectl of the script that this is a part of.

# etcdctl in the pod of a member that runs on another node than $NODE, of one that answers if any does.
etcdctl() {
  local pod
  pod=$(kubectl --namespace kube-system get pods --selector component=etcd,tier=control-plane \
    --output jsonpath='{range .items[?(@.status.phase=="Running")]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
    awk -v own="etcd-$NODE" '$1 == own {next} $2 == "True" {ready = $1; exit} first == "" {first = $1} END {print ready == "" ? first : ready}')
  if [[ -z $pod ]]; then
    echo "no etcd member runs on another node" >&2
    return 1
  fi
  # No request timeout ends an exec whose connection was lost.
  limit_seconds=20 kubectl --namespace kube-system exec "$pod" -- etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt \
    --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
}
