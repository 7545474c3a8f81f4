#!/usr/bin/env bash
# A machine over SSH from the operator's computer: its host key and that of the machine on the way are pinned.
: "${LOGIN:?}" "${LOGIN_KEY:?}" "${KNOWN_HOSTS:?}" "${OVER?}" "${OVER_KEY?}"

# on_machine COMMAND: what it reads comes from descriptor 3. The keys go from pipes into an agent that ends with ssh, so
# they are in no file.
on_machine() {
  local folder options
  folder=$(mktemp --directory)
  # shellcheck disable=SC2064 # The folder of now.
  trap "rm --recursive --force '$folder'" EXIT
  echo "$KNOWN_HOSTS" >"$folder/known_hosts"
  options=(-F none -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=5 -o ServerAliveCountMax=3
    -o LogLevel=ERROR -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=none
    -o UserKnownHostsFile="$folder/known_hosts")
  if [[ -n $OVER ]]; then
    options+=(-o "ProxyCommand=ssh ${options[*]} -W %h:%p $OVER")
  fi
  # shellcheck disable=SC2016 # Expanded by that bash.
  ssh-agent bash -c 'ssh-add -q - && ssh-add -q - <&4 && ssh "$@" <&3' bash "${options[@]}" "$LOGIN" "$1" \
    4<<<"${OVER_KEY:-$LOGIN_KEY}" <<<"$LOGIN_KEY"
}
