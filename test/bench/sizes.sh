#!/usr/bin/env bash
# sizes.sh FOLDER STACK NUMBER...: runs the measurement of sizes in a network of its own, in which all addresses of the
# machines are this computer's, and with a Docker that is a script which says yes. FOLDER is a copy of the project.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

main() {
  local folder=$1 stack=$2
  shift 2
  ip link set lo up
  ip route add local 172.30.78.0/24 dev lo
  export SIMULATED=$folder/simulated PATH=$here/simulated:$PATH
  mkdir "$SIMULATED"
  "$here/../../node_modules/.bin/tsx" "$here/sizes.ts" "$folder" "$stack" "$SIMULATED" "$@"
}

main "$@"
