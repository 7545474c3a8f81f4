#!/usr/bin/env bash
# What tells that a machine that is there has another use already.

# All that is found is named at once, before anything is touched.
refuse_used_machine() {
  local path unit found=()
  for path in /etc/kubernetes/{kubelet.conf,manifests/*.yaml,pki/ca.crt} /var/lib/etcd/member /etc/etcd/pki; do
    [[ ! -e $path ]] || found+=("there is $path")
  done
  for unit in kubelet containerd docker crio etcd; do
    ! systemctl is-active --quiet "$unit" || found+=("the service $unit runs")
  done
  if changed_haproxy; then
    found+=("/etc/haproxy/haproxy.cfg is not as its package brings it")
  fi
  ((${#found[@]} == 0)) || fail "$(printf '%s; ' "${found[@]}")it has another use" \
    "it is a node of another cluster, or serves something else" \
    "take that off it (kubeadm reset, removed packages and folders), or give another machine"
}

# Its package alone brings a configuration, and starts it.
changed_haproxy() {
  [[ -e /etc/haproxy/haproxy.cfg ]] && ! dpkg --verify haproxy >/dev/null 2>&1
}
