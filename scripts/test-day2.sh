#!/usr/bin/env bash
# Prepares this computer as `npm start` does, then runs the scenarios of a cluster's day two; with --all the long ones.
# E2E_KILLS is how often an engine is killed in each of the changes that must survive it: 2, up to 10.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
# shellcheck source=scripts/scenarios.sh
source "$scripts/scenarios.sh"

file=test/e2e/dayTwo.test.ts
if [[ ${1:-} == --all ]]; then
  file=test/e2e/dayTwoLong.test.ts
  shift
fi
cd "$project"
prepare "$@"
run_scenarios "$file"
