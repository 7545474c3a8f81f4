#!/usr/bin/env bash
# Prepares this computer as `npm start` does, then runs scenarios of a cluster's day two: those that are named, as files of
# test/e2e/scenarios/dayTwo are, with --all every one, else those for which a run of all checks has time.
# E2E_KILLS is at how many moments of a change an engine is killed, each in a change of its own: 2, up to 10, or 4-10 for the
# fourth and those after it. An upgrade has all ten in one.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
# shellcheck source=scripts/scenarios.sh
source "$scripts/scenarios.sh"

readonly folder=test/e2e/scenarios/dayTwo
readonly quick=(workerPools replace)
readonly all=("${quick[@]}" endedToken hosts hostsEtcd reconfigure renewal withoutNodes status scale killedEngine lostMachine restore upgrade externalEtcd scaleEtcd lostMembers restoreEtcd userData)

main() {
  local argument flags=() scenarios=()
  for argument in "$@"; do
    case $argument in
    --online | --offline) flags+=("$argument") ;;
    --all) scenarios=("${all[@]}") ;;
    *) scenarios+=("$argument") ;;
    esac
  done
  ((${#scenarios[@]} > 0)) || scenarios=("${quick[@]}")
  cd "$project"
  prepare "${flags[@]}"
  if [[ " ${scenarios[*]} " == *" upgrade "* ]]; then
    prepare_machines "$(sed --quiet 's/^const from = "\(.*\)";/\1/p' "$folder/upgrade.ts")"
  fi
  scenarios=("${scenarios[@]/#/$folder/}")
  run_scenarios "${scenarios[@]/%/.ts}"
}

main "$@"
