#!/usr/bin/env bash
# Whether the other control planes are well enough for this one to be away for a moment.
: "${ADDRESS:?}"

quorum_limit_seconds=900

# wait_for_the_others COMPONENT...: a restart of these takes an API server, and maybe a member of etcd, away for a moment. It
# must be the only one.
wait_for_the_others() {
  wait_for 300 "the other control planes to be healthy" others_are_healthy ||
    fail "another control plane is not healthy: $LAST_SEEN" "a restart here would put the quorum of etcd at risk" \
      "bring that one back, or replace it, then run \`pulumi up\` again"
  [[ " $* " != *" etcd "* ]] || wait_for_quorum
}

# A member that is down itself has no vote to take away.
wait_for_quorum() {
  wait_for 30 "its own member of etcd to be healthy" is_healthy etcd || return 0
  etcd_can_do_without_it >/dev/null 2>&1 && return
  phase "waiting until etcd can do without it"
  wait_for "$quorum_limit_seconds" "etcd to be able to do without $NODE" etcd_can_do_without_it ||
    fail "etcd would lose its quorum: $LAST_SEEN" "another member is missing or not healthy" \
      "bring that one back, or replace it, then run \`pulumi up\` again"
}

# All members that vote are healthy, and there are as many as the cluster is meant to have: one that is being replaced has
# no Node that could be asked.
etcd_can_do_without_it() {
  local declared voters others
  others_are_healthy || return 1
  declared=$(declared_members) || return 1
  voters=$(etcdctl_at https://127.0.0.1:2379 member list | awk -F', ' '$6 == "false" {print $3, $4, $5}') || return 1
  if (($(wc -l <<<"$voters") < declared)); then
    echo "$(wc -l <<<"$voters") members vote, $declared declared: $(cut -d' ' -f1 <<<"$voters" | paste -sd' ')"
    return 1
  fi
  if grep --quiet ' $' <<<"$voters"; then
    echo "a member has not started"
    return 1
  fi
  others=$(awk -v own="https://$ADDRESS:2380" '$2 != own {print $3}' <<<"$voters" | paste -sd,)
  [[ -z $others ]] || etcdctl_at "$others" endpoint health
}

# Where no API server answers, this one neither, nobody can say; see other_control_planes.
declared_members() {
  local declared
  if ! declared=$(kubectl --namespace kube-system get configmap pulumi-kubeadm --output jsonpath='{.data.controlPlaneNodes}'); then
    ! is_healthy kube-apiserver >/dev/null 2>&1 || return 1
    declared=1
  fi
  if [[ -z $declared ]]; then
    echo "the cluster does not say how many control planes it is meant to have" >&2
    return 1
  fi
  echo "$declared"
}

# etcdctl_at ENDPOINTS ARGUMENT...
etcdctl_at() {
  etcdctl --endpoints "$1" --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt \
    --key /etc/kubernetes/pki/etcd/healthcheck-client.key --command-timeout 5s "${@:2}"
}

others_are_healthy() {
  local addresses address
  addresses=$(other_control_planes) || {
    echo "the cluster does not say which control planes it has"
    return 1
  }
  for address in $addresses; do
    api_server "$address" /readyz >/dev/null || {
      echo "the API server at $address is not ready"
      return 1
    }
  done
}

# The addresses of the others; none where no API server answers, this one neither: then there is nothing to wait for, and
# this may be the only one.
other_control_planes() {
  local addresses
  if ! addresses=$(kubectl get nodes --selector node-role.kubernetes.io/control-plane \
    --output jsonpath='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}'); then
    ! is_healthy kube-apiserver >/dev/null 2>&1
    return
  fi
  grep --invert-match --line-regexp --fixed-strings "$ADDRESS" <<<"$addresses" || true
}
