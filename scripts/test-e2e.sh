#!/usr/bin/env bash
# Prepares this computer as `npm start` does, then runs the contract tests and the scenarios on real local clusters.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

cd "$project"
prepare "$@"
(plugins_on_path && "$scripts/test-contract.sh")
exec npx mocha --no-config --import=tsx --forbid-only --timeout=900000 --slow=1000 'test/e2e/**/*.test.ts'
