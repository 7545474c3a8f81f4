#!/usr/bin/env bash
# Runs the contract tests against the command plugin that is on PATH.
set -o errexit -o nounset -o pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Without the project's configuration, which leaves these tests out of `npm test`.
exec npx mocha --no-config --import=tsx --require=./test/contract/support/requirePlugin.ts \
  --forbid-only --timeout=20000 'test/contract/**/*.test.ts' "$@"
