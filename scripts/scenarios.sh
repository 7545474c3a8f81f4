#!/usr/bin/env bash
# Sourced: how scenarios on real local clusters are run.

# run_scenarios FILE...: without the project's configuration of mocha, which leaves them out of `npm test`.
run_scenarios() {
  exec npx mocha --no-config --import=tsx --forbid-only --timeout=900000 --slow=1000 "$@"
}
