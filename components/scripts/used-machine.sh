#!/usr/bin/env bash
# What tells that a machine that is there has another use already.

# All that is found is named at once, before anything is touched.
refuse_used_machine() {
  local path name found=()
  for path in /etc/kubernetes/{kubelet.conf,manifests/*.yaml,pki/ca.crt} /var/lib/etcd/member /etc/etcd/pki; do
    [[ ! -e $path ]] || found+=("there is $path")
  done
  for name in kubelet containerd docker crio etcd; do
    ! has_service "$name" || found+=("there is a service $name")
  done
  if serves_otherwise; then
    found+=("HAProxy has a configuration of somebody's")
  fi
  ((${#found[@]} == 0)) || fail "$(printf '%s; ' "${found[@]}")it has another use" \
    "it is a node of another cluster, or serves something else" \
    "take that off it (kubeadm reset, removed packages and folders), or give another machine"
}

has_service() {
  systemctl cat "$1.service" >/dev/null 2>&1
}

# Its package brings a configuration, and starts it.
serves_otherwise() {
  local config=/etc/haproxy/haproxy.cfg
  [[ -e $config ]] || return 1
  if dpkg --status haproxy >/dev/null 2>&1; then
    # It names files that are not as the package has them.
    [[ $(dpkg --verify haproxy || true) == *"$config"* ]]
  else
    systemctl is-active --quiet haproxy
  fi
}
