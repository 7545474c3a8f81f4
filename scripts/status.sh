#!/usr/bin/env bash
# Shows what the stack's cluster is like, and tells it by the exit code: 0 healthy, 1 something is wrong, 2 not learnt.
# Takes --json, --certificate-days N and --help. Installs nothing and changes nothing but files of .state/<stack>.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
# shellcheck source=scripts/tunnel.sh
source "$scripts/tunnel.sh"

main() {
  local outputs way=() program=("$project/node_modules/.bin/tsx" "$project/status/main.ts" "$STACK" "$@")
  if [[ ! -x ${program[0]} ]]; then
    refuse "the packages of package-lock.json are not installed; run npm ci"
  fi
  if [[ " $* " == *" --help "* ]]; then
    "${program[@]}" </dev/null
    return
  fi
  use_ready_toolchain || refuse "there is no pulumi yet; npm start gets it and makes the cluster"
  if [[ ! -d $STATE/backend ]] && ! has_own_backend; then
    refuse "no cluster of stack $STACK was started from here; run npm start"
  fi
  use_backend
  # The tunnel takes the key and the host keys that are among the files.
  outputs=$(write_files) || true
  open_tunnel "$outputs" || way=(--cut-off)
  printf '%s' "$outputs" | "${program[@]}" "${way[@]}"
}

# Also what use_backend refuses was not learnt.
refuse() {
  printf '%s\n' "$*" >&2
  exit 2
}

main "$@"
