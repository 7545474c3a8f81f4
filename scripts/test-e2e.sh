#!/usr/bin/env bash
# Prepares this computer as `npm start` does, then runs the contract tests and the scenarios on real local clusters.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
# shellcheck source=scripts/scenarios.sh
source "$scripts/scenarios.sh"

cd "$project"
prepare "$@"
(plugins_on_path && "$scripts/test-contract.sh")
run_scenarios test/e2e/cluster.test.ts
