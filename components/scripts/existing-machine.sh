#!/usr/bin/env bash
# Claims a machine that is there, and has it cleared when it leaves. Runs on the operator's computer.
: "${CLAIM:?}" "${reported:?}"

# ssh's own: whatever kept it from the machine. One that is dead must not keep another one from its place.
readonly no_connection=255

main() {
  local action=${1:-} attempt status words
  # A machine may be starting, and one that is given up for a moment's trouble would stay as it is. A key stays wrong.
  for attempt in 1 2 3; do
    ((attempt == 1)) || sleep 10
    status=0
    words=$(on_machine "base64 --decode | gunzip | sudo --non-interactive timeout --kill-after=10 600 bash -s -- $action" 3<<<"$CLAIM" 2>&1) ||
      status=$?
    [[ $status == "$no_connection" && $words != *@(denied|verification failed)* ]] || break
  done
  # Of the two outputs the engine shows this one.
  exec >&2
  if ((status == 0)); then
    echo "$words"
  elif ((status != no_connection)); then
    echo "$words"
    exit "$reported"
  elif [[ $action == delete ]]; then
    echo "$NODE: not reached, so nothing was cleared ($words); if the machine lives, clear it by hand"
  else
    fail "it is not reached: $words" "an address, a host key, a user or the key that does not fit, or a closed port" \
      "put right what ssh names in hosts, then run \`pulumi up\` again"
  fi
}

main "$@" </dev/null
