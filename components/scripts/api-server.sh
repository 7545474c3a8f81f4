#!/usr/bin/env bash
# The API server of one control plane, past the load balancer and without a credential.

# api_server ADDRESS PATH: what it answers; where that is no yes, the checks that failed.
api_server() {
  local answer
  answer=$(curl --noproxy '*' --silent --show-error --max-time 5 --write-out '\n%{http_code}' --cacert /etc/kubernetes/pki/ca.crt \
    "https://$1:6443$2") || return
  if [[ ${answer##*$'\n'} == 200 ]]; then
    echo "${answer%$'\n'*}"
    return
  fi
  { grep '^\[-\]' <<<"$answer" || echo "$answer"; } >&2
  return 1
}
