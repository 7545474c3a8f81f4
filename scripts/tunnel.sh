#!/usr/bin/env bash
# Sourced: the way to an API server that only its own network reaches.

# Where the operator's kubeconfig names a port of this computer and a bastion leads to the cluster, that port leads to the
# API server until the command that called this ends.
open_tunnel() {
  local outputs command port endpoint
  [[ $(configured platform local 2>/dev/null) == aws && $(configured awsPublicEndpoint false) == false ]] || return 0
  port=$(configured localApiPort 16443)
  # Before ssh is through to the bastion it does not say that the port is taken.
  if answers "$port"; then
    echo "something else listens on port $port of this computer, where the way to the API server begins; end it, or set another localApiPort" >&2
    return 1
  fi
  outputs=$(on_stack stack output --json)
  endpoint=$(output_of controlPlaneEndpoint <<<"$outputs")
  read -r -a command < <(output_of sshCommands.bastion <<<"$outputs")
  (
    cd "${project:?}" || exit
    exec "${command[@]}" -N -L "127.0.0.1:$port:$endpoint" -o ExitOnForwardFailure=yes -o BatchMode=yes \
      -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -o ConnectTimeout=10 -o LogLevel=ERROR </dev/null >/dev/null
  ) &
  tunnel=$!
  trap 'kill "$tunnel" 2>/dev/null || true' EXIT
  wait_for_port "$port"
}

# output_of PATH: a text of the stack's outputs, which come as JSON.
output_of() {
  node --eval '
    const outputs = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    console.log(process.argv[1].split(".").reduce((value, key) => value[key], outputs));' "$1"
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
