#!/usr/bin/env bash
# Sourced: the way to an API server that only its own network reaches.

# Where the operator's kubeconfig names a port of this computer and a bastion leads to the cluster, that port leads to the
# API server until the command that called this ends.
open_tunnel() {
  local outputs command port endpoint
  [[ $(configured platform local 2>/dev/null) == aws && $(configured awsPublicEndpoint false) == false ]] || return 0
  port=$(configured localApiPort 16443)
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
  local attempt
  for attempt in {1..100}; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
      return
    fi
    if ((attempt > 5)) && ! kill -0 "$tunnel" 2>/dev/null; then
      break
    fi
    sleep 0.2
  done
  echo "the bastion gave no way to the API server; see whether awsAllowedCidrs has this computer's address" >&2
  return 1
}
