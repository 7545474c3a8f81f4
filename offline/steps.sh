#!/usr/bin/env bash
# Sourced by the builds: steps that are done once, beside each other, with progress, a log each, and a cause when they fail.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/cache.sh
source "$here/../scripts/cache.sh"
products=$CACHE/offline/products
logs=$CACHE/offline/logs
step_jobs=2 step_total=0 step_number=0
declare -A running=()

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# Lets one build at a time go on, and clears what an interrupted one left.
begin_steps() {
  step_total=$1
  mkdir -p "$products" "$logs"
  lock_cache
  rm -rf "$products"/*.unfinished.*
  trap stop_steps EXIT
}

# step TITLE PRODUCT COMMAND...: COMMAND runs in a new folder, which becomes PRODUCT when it succeeds.
step() {
  local product=$2 log
  step_number=$((step_number + 1))
  local title="[$step_number/$step_total] $1 …"
  [[ -d $product ]] && return
  while ((${#running[@]} >= step_jobs)); do
    wait_for_step
  done
  log=$logs/$(basename "$product").log
  say "$title"
  set -o monitor # a process group for each step, so that stop_steps ends all of it
  fill "$product" "${@:3}" >"$log" 2>&1 9>&- </dev/null &
  set +o monitor
  running[$!]="$SECONDS $log $title"
}

fill() {
  local product=$1 unfinished
  unfinished=$(mktemp -d "$product.unfinished.XXXXXX")
  chmod 0755 "$unfinished"
  cd "$unfinished" || return
  "${@:2}"
  mv --no-target-directory "$unfinished" "$product"
}

wait_for_step() {
  local pid status=0 started log title
  wait -n -p pid "${!running[@]}" || status=$?
  read -r started log title <<<"${running[$pid]}"
  unset "running[$pid]"
  if ((status != 0)); then
    say "$title failed after $((SECONDS - started)) s: $(cause_of "$log")"
    tail -n 15 "$log" | sed 's/^/    /' >&2
    fail "    The whole log: $log. What is finished is kept; run the same command again to go on."
  fi
  say "$title $((SECONDS - started)) s"
}

wait_for_steps() {
  while ((${#running[@]} > 0)); do
    wait_for_step
  done
}

stop_steps() {
  local pid
  for pid in "${!running[@]}"; do
    kill -- "-$pid" 2>/dev/null || true
  done
}

# Says in one sentence why a step failed, from its log.
cause_of() {
  local pattern sentence
  while IFS='|' read -r pattern sentence; do
    if grep --quiet --ignore-case --extended-regexp "${pattern//;/|}" "$1"; then
      printf '%s' "$sentence"
      return
    fi
  done <<'CAUSES'
403 Forbidden|the Go module proxy refused a module (403), which is final: pin another version of the one named below
no space left|the disk is full: 15 GB are needed for Go's caches and the products
signal: killed;cannot allocate memory|memory ran out: 4 GB are needed
checksum mismatch;SECURITY ERROR|a module is not what go.sum says
no such host;dial tcp;i/o timeout;could not resolve;could not connect|a package registry cannot be reached
CAUSES
  printf 'the end of its log says why'
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi
}
