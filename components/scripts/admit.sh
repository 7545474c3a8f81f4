#!/usr/bin/env bash
# Clears what an earlier machine of this name left in the cluster, then admits this one with a token of its own.
# When it goes, the node is evicted: its join has gone before, so who keeps the machine after all admits and joins it anew.
: "${ROLE:?}" "${ADDRESS:?}" "${IDENTITY:?}" "${TOKEN_ID:?}" "${TOKEN_SECRET:?}" "${TOKEN_MINUTES:?}"

main() {
  one_at_a_time
  if [[ ${1:-} == delete ]] && is_given_up; then
    phase "goes with the cluster that a restore gives up"
    return
  fi
  wait_for_api
  if [[ ${1:-} == delete ]]; then
    evict
    return
  fi
  if is_this_machine; then
    phase "is a node already"
    return
  fi
  clear_earlier_machine
  phase "admitting it for $TOKEN_MINUTES minutes"
  mint_token
}

is_this_machine() {
  [[ $(node_field '{.metadata.annotations.pulumi-kubeadm/machine}') == "$IDENTITY" ]]
}

clear_earlier_machine() {
  if [[ -n $(node_field '{.metadata.name}') ]]; then
    phase "clearing what an earlier machine of this name left"
    wait_for 90 "the earlier machine to be gone" node_is_not_ready ||
      fail "a node named $NODE is Ready in the cluster" "another machine of this name is alive" "stop it or give this one another name"
    kubectl delete node "$NODE" >/dev/null
  fi
  [[ $ROLE == control-plane ]] || return 0
  remove_member "https://$ADDRESS:2380"
}

node_is_not_ready() {
  ! reports_ready
}

mint_token() {
  kubectl apply --server-side --field-manager pulumi-kubeadm --filename - >/dev/null <<SECRET
apiVersion: v1
kind: Secret
metadata:
  name: bootstrap-token-$TOKEN_ID
  namespace: kube-system
type: bootstrap.kubernetes.io/token
stringData:
  description: "$NODE"
  token-id: "$TOKEN_ID"
  token-secret: "$TOKEN_SECRET"
  expiration: "$(date --utc --date "+$TOKEN_MINUTES minutes" +%FT%TZ)"
  usage-bootstrap-authentication: "true"
  usage-bootstrap-signing: "true"
  auth-extra-groups: system:bootstrappers:kubeadm:default-node-token
SECRET
}

main "$@" </dev/null
