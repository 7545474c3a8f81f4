#!/usr/bin/env bash
# Stands for the making of a cluster that exists; it runs only when the record of that is missing.

main() {
  phase "looking for the record that it was made"
  fail "the stack has nodes and no record that their cluster was made" \
    "a restore that had begun was taken back, or the record was taken out of the state" \
    "set restoreFrom as it was; a restore that has begun must come to its end"
}

main "$@" </dev/null
