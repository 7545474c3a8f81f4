#!/usr/bin/env bash
# Installs kubectl on the admin machine.

main() {
  one_at_a_time
  wait_for_first_boot
  phase "installing kubectl"
  claim kubectl
  place kubectl /usr/local/bin/kubectl
}

main "$@" </dev/null
