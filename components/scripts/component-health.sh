#!/usr/bin/env bash
# Whether a component of the control plane on this machine says that it is well.

# is_healthy COMPONENT: those on loopback have certificates that they make for themselves, and are told nothing.
is_healthy() {
  local url
  case $1 in
    kube-apiserver)
      api_server 127.0.0.1 /readyz
      return
      ;;
    etcd) url=http://127.0.0.1:2381/readyz ;;
    kube-controller-manager) url=https://127.0.0.1:10257/healthz ;;
    kube-scheduler) url=https://127.0.0.1:10259/livez ;;
  esac
  curl --noproxy '*' --silent --fail --max-time 5 --insecure "$url"
}
