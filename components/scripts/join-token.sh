#!/usr/bin/env bash
# Hands a fresh bootstrap token to the machines that join by themselves, and revokes earlier ones of this kind.
# All control planes may do it, at any time: none is revoked that another one may just have handed over.
: "${PARAMETER:?}"

readonly label=pulumi-kubeadm/token
readonly grace_minutes=5

main() {
  local token
  if [[ ! -e /etc/kubernetes/pulumi-kubeadm/member ]]; then
    echo "$NODE: is no control plane yet; this is tried again every 30 s"
    exit 1
  fi
  phase "handing over a new token"
  token=$(kubeadm token generate)
  mint_token "${token%.*}" "${token#*.}" "machines that join by themselves" "$label: self-join"
  put_parameter "$token" >/dev/null || {
    revoke "bootstrap-token-${token%.*}"
    fail "the token could not be put into the parameter $PARAMETER" "see the answer above; the control plane's role may not, or there is no way to the service" \
      "look at the role's policy ssm:PutParameter and at the route to the service's endpoint"
  }
  revoke_earlier
}

kubectl() {
  command kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace kube-system --request-timeout 30s "$@"
}

revoke() {
  kubectl delete secret "$1" --ignore-not-found >/dev/null
}

# A token is in the parameter within two minutes of its making, or it is never there.
revoke_earlier() {
  local made name limit
  limit=$(date --date "-$grace_minutes minutes" +%s)
  while read -r made name; do
    [[ -n $name ]] || continue
    (($(date --date "$made" +%s) >= limit)) || revoke "$name"
  done < <(kubectl get secrets --selector "$label=self-join" \
    --output 'jsonpath={range .items[*]}{.metadata.creationTimestamp} {.metadata.name}{"\n"}{end}')
}

main "$@" </dev/null
