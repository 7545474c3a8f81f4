#!/usr/bin/env bash
# Checks everything that needs no cluster: types, lint, format, scripts, and the tests of `npm test`.
set -o errexit -o nounset -o pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-packages.sh shellcheck

npx tsc --noEmit
npx eslint .
npx prettier --check .
git ls-files '*.sh' .ci/run | xargs shellcheck --external-sources
npm test
