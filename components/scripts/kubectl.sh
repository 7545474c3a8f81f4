#!/usr/bin/env bash
# What the admin steps share: kubectl through the load balancer, with a kubeconfig that never touches the disk.
: "${KUBECONFIG_TEXT:?}"

# For a moment the load balancer still leads to an API server that has just gone, so a call that found none is made again.
kubectl() {
  local input="" words status attempt
  if [[ " $* " == *" --filename - "* ]]; then
    input=$(cat)
  fi
  for attempt in {1..6}; do
    status=0
    {
      words=$(command kubectl --kubeconfig <(echo "$KUBECONFIG_TEXT") --request-timeout 30s "$@" <<<"$input" 2>&1 >&3 3>&-) ||
        status=$?
    } 3>&1
    [[ $status != 0 && $words =~ $no_api_server ]] || break
    sleep $((attempt < 6))
  done
  [[ -z $words ]] || printf '%s\n' "$words" >&2
  return "$status"
}

no_api_server='Unable to connect to the server|EOF|connection (refused|reset|lost)|TLS handshake timeout|leader changed'

wait_for_api() {
  wait_for 120 "the API server behind the load balancer" kubectl get --raw /readyz ||
    fail "the API server does not answer through the load balancer: $LAST_SEEN" \
      "no control plane is ready, or the load balancer does not see them" "look at the load balancer's statistics page"
}

# node_field JSONPATH: a field of the Node object of $NODE; nothing when there is none.
node_field() {
  kubectl get node "$NODE" --ignore-not-found --output "jsonpath=$1"
}

# The versions of the kubelet and of containerd on $NODE, `1.37.1 2.3.7`; nothing when there is no Node object. Builds of
# containerd differ in whether their version begins with a v.
node_versions() {
  node_field '{.status.nodeInfo.kubeletVersion} {.status.nodeInfo.containerRuntimeVersion}' |
    sed --regexp-extended 's#^v##; s# containerd://v?# #'
}

delete_token() {
  kubectl --namespace kube-system delete secret "bootstrap-token-$TOKEN_ID" --ignore-not-found >/dev/null
}

