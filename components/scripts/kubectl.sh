#!/usr/bin/env bash
# What the admin steps share: kubectl through the load balancer, with a kubeconfig that never touches the disk.
: "${KUBECONFIG_TEXT:?}"

readonly passing_trouble='Unable to connect|connection (refused|reset)|was refused|EOF|TLS handshake|client connection lost|dialing backend|upgrade connection|i/o timeout|request timed out|currently unable|etcdserver: (leader changed|no leader)|\(Timeout\)|InternalError|TooManyRequests|forbidden: User .* cannot '

# As timeout exits.
readonly timed_out=124

# kubectl ARGUMENT...: tried again for a minute while the connection breaks, as it does when an API server goes away, and
# while one that has just started does not know yet what an administrator may. It reads its standard input only for
# `--filename -`. One that has not ended after $limit_seconds, if that is set, is ended and tried again too.
kubectl() {
  local input="" words status limit=$((SECONDS + 60))
  if [[ " $* " == *" --filename - "* ]]; then
    input=$(cat)
  fi
  while true; do
    status=0
    { words=$(timeout --foreground "${limit_seconds:-0}" kubectl --kubeconfig <(echo "$KUBECONFIG_TEXT") --request-timeout 30s "$@" <<<"$input" 2>&1 >&3) || status=$?; } 3>&1
    if ((status == 0 || SECONDS >= limit)) || [[ $status != "$timed_out" && ! $words =~ $passing_trouble ]]; then
      break
    fi
    sleep 1
  done
  [[ -z $words ]] || echo "$words" >&2
  return "$status"
}

# A kubelet that starts without an API server needs two minutes before it starts one; with certificates that have ended, for
# example, all of them do.
wait_for_api() {
  wait_for 300 "the API server behind the load balancer" kubectl get --raw /readyz ||
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
