#!/usr/bin/env bash
# The kubelet of a control plane that joins, while kubeadm runs.

# wake_kubelet PID: the kubelet starts long before the API server that it talks to, and by the time that one answers its
# retries are up to 20 s apart. A fresh kubelet registers at once.
wake_kubelet() {
  until own_api_is_ready; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.3
  done
  systemctl restart kubelet
}

own_api_is_ready() {
  curl --noproxy '*' --silent --fail --max-time 2 --cacert /etc/kubernetes/pki/ca.crt https://127.0.0.1:6443/readyz >/dev/null
}
