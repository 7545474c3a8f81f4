#!/usr/bin/env bash
# Sourced: the way to an API server that only its own network reaches.

# open_tunnel OUTPUTS: where the operator's kubeconfig names a port of this computer and a bastion leads to the cluster, that
# port leads to the API server until the command that called this ends.
open_tunnel() {
  local command port endpoint
  read -r -a command < <(output_of sshCommands.bastion <<<"$1")
  port=$(tunnel_port)
  [[ -n ${command[*]} && -n $port ]] || return 0
  # Before ssh is through to the bastion it does not say that the port is taken.
  if answers "$port"; then
    echo "something else listens on port $port of this computer, where the way to the API server begins; end it, or set another localApiPort" >&2
    return 1
  fi
  endpoint=$(output_of controlPlaneEndpoint <<<"$1")
  (
    cd "${project:?}" || exit
    exec "${command[@]}" -F none -N -L "127.0.0.1:$port:$endpoint" -o ExitOnForwardFailure=yes -o BatchMode=yes \
      -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -o ConnectTimeout=10 -o LogLevel=ERROR </dev/null >/dev/null
  ) &
  tunnel=$!
  trap 'kill "$tunnel" 2>/dev/null || true' EXIT
  wait_for_port "$port"
}

# The port of this computer that the kubeconfig names, if it does.
tunnel_port() {
  sed --quiet 's#^ *server: "\?https://127\.0\.0\.1:\([0-9]*\).*#\1#p' "$STATE/kubeconfig" 2>/dev/null || true
}

wait_for_port() {
  local _
  for _ in {1..100}; do
    kill -0 "$tunnel" 2>/dev/null || break
    ! answers "$1" || return 0
    sleep 0.2
  done
  echo "the bastion gave no way to the API server; see ssh's words above, and whether awsAllowedCidrs has this computer's address" >&2
  return 1
}

answers() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
