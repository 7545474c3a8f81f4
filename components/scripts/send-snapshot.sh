#!/usr/bin/env bash
# Sends a snapshot of etcd to the machine that the cluster begins with. Runs on the operator's computer.
: "${SNAPSHOT_FILE:?}" "${LOGIN:?}" "${LOGIN_KEY:?}" "${KNOWN_HOSTS:?}" "${OVER?}" "${OVER_KEY?}"

main() {
  if [[ ${1:-} == delete ]]; then
    return
  fi
  phase "sending it $SNAPSHOT_FILE"
  folder=$(mktemp --directory)
  trap 'rm --recursive --force "$folder"' EXIT
  echo "$KNOWN_HOSTS" >"$folder/known_hosts"
  options=(-F none -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=5 -o ServerAliveCountMax=3
    -o LogLevel=ERROR -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=none
    -o UserKnownHostsFile="$folder/known_hosts")
  if [[ -n $OVER ]]; then
    options+=(-o "ProxyCommand=ssh ${options[*]} -W %h:%p $OVER")
  fi
  send "$LOGIN" "sudo --non-interactive bash -c 'umask 077 && mkdir -p /var/lib/pulumi-kubeadm && cat >/var/lib/pulumi-kubeadm/restore.db'" ||
    fail "the snapshot did not arrive" "see ssh's words above" "put right what they say, then run \`pulumi up\` again"
}

# The keys go from pipes into an agent that ends with ssh, so they are in no file.
send() {
  # shellcheck disable=SC2016 # Expanded by that bash.
  ssh-agent bash -c 'ssh-add -q - && ssh-add -q - <&4 && ssh "$@" <&3' bash "${options[@]}" "$@" \
    3<"$SNAPSHOT_FILE" 4<<<"${OVER_KEY:-$LOGIN_KEY}" <<<"$LOGIN_KEY"
}

main "$@" </dev/null
