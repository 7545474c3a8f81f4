#!/usr/bin/env bash
# The first boot of a machine that was made from a cloud's image: packages come, and disks are put in place.

# Not all machines have cloud-init. Its exit code 2 is a warning.
wait_for_first_boot() {
  local status=0 words
  command -v cloud-init >/dev/null || return 0
  phase "waiting for its first boot to end"
  words=$(timeout 600 cloud-init status --wait --long 2>&1) || status=$?
  ((status == 0 || status == 2)) ||
    fail "cloud-init ended with $status: ${words//$'\n'/ }" "a package could not be installed, or a disk is missing" \
      "see /var/log/cloud-init-output.log on the machine; npm start -- --replace '**::machines-worker-1', for example, makes another one"
}
