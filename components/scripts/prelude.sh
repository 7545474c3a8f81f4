#!/usr/bin/env bash
# In front of every script: strict mode, one line per phase, waits with a limit, and the report of a failure.
set -o errexit -o errtrace -o nounset -o pipefail
: "${NODE:?}"
# What programs say is read here, in English.
export LC_ALL=C

phase_name="start"
log_file=""
# A report inside a substitution has said it all: reported marks it on the way out.
readonly reported=97
trap '(($? == reported)) && exit $reported; report "$BASH_COMMAND ended with an error" "see the lines above and the log below" "look at the machine, repair what is named, and run \`pulumi up\` again"' ERR
trap 'report "the step ran into its time limit" "the machine is too slow, or what it waits for never came" "look at the log below, then run \`pulumi up\` again"' TERM

# Names what is being done; this is the progress that a person sees. Nobody may see it any more.
phase() {
  phase_name=$1
  echo "$NODE: $phase_name" || true
}

# fail SEEN CAUSE REPAIR: ends the script with a report.
fail() {
  trap - ERR
  report "$@"
}

report() {
  trap - ERR TERM
  {
    echo
    echo "FAILED  $NODE, while: $phase_name"
    echo "  seen:    $1"
    echo "  cause:   $2"
    echo "  repair:  $3"
    echo "  next up: goes on from this step; nothing that was done before is done again"
    if [[ -s $log_file ]]; then
      echo "  last lines of $log_file:"
      tail -n 25 "$log_file" | cut -c1-300 | sed 's/^/    /'
    fi
  } >&2
  exit $reported
}

# wait_for SECONDS WHAT COMMAND...: tries until the command succeeds; its output is kept in $LAST_SEEN, and the last line of it
# is told once a minute.
wait_for() {
  local seconds=$1 what=$2 deadline told=$SECONDS
  shift 2
  deadline=$((SECONDS + seconds))
  until LAST_SEEN=$("$@" 2>&1); do
    if ((SECONDS >= deadline)); then
      echo "$NODE: waited $seconds s for $what; last seen: ${LAST_SEEN:-nothing}" >&2
      return 1
    fi
    if ((SECONDS >= told + 60)); then
      told=$SECONDS
      echo "$NODE: still waiting for $what; last seen: $(tail -n 1 <<<"${LAST_SEEN:-nothing}")" >&2
    fi
    sleep 0.3
  done
}

# last_words UNIT: what a service said last.
last_words() {
  journalctl --unit "$1" --no-pager --lines 3 --output cat | cut -c1-300 || true
}

# write_file PATH MODE TEXT: succeeds when the file was changed, fails when it already was as asked. What cannot be written
# stays as it was, and ends the script.
write_file() {
  [[ -e $1 && $(<"$1") == "$3" ]] && return 1
  if install -D --mode "$2" /dev/stdin "$1.new" <<<"$3" && mv "$1.new" "$1"; then
    return
  fi
  rm --force "$1.new"
  fail "$1 could not be written" "the disk is full, or cannot be written to" "free space on it, then run \`pulumi up\` again"
}

# A step that an interrupted run left on this machine ends before this one starts.
one_at_a_time() {
  exec 9>"/run/pulumi-kubeadm-$NODE.lock"
  flock --nonblock 9 && return
  phase "waiting for an interrupted run on this machine to end"
  flock --wait 600 9 || fail "another step still holds /run/pulumi-kubeadm-$NODE.lock" \
    "a script of an earlier run hangs" "look at \`ps\` on the machine, end that script, and run \`pulumi up\` again"
}

