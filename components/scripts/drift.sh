#!/usr/bin/env bash
# Drift: a record of the files that the program described on a machine, and those that differ from it since.

record_file=/etc/kubernetes/pulumi-kubeadm/files.sha256

# record_files PATH...: notes what these files hold. It takes the place of what was noted before.
record_files() {
  local sums
  sums=$(sha256sum -- "$@" | LC_ALL=C sort --key 2 --unique)
  is_recorded && [[ $(<"$record_file") == "$sums" ]] && return
  install -D --mode 0600 /dev/stdin "$record_file.new" <<<"$sums"
  mv "$record_file.new" "$record_file"
}

is_recorded() {
  [[ -e $record_file ]]
}

# Prints "changed" or "missing", a tab and the path for each file that is not as it was noted.
changed_files() {
  (LC_ALL=C sha256sum --check --quiet "$record_file" 2>/dev/null || true) |
    sed --quiet --expression $'s/^\\(.*\\): FAILED open or read$/missing\t\\1/p' --expression $'s/^\\(.*\\): FAILED$/changed\t\\1/p'
}

# The paths of all files that were noted.
recorded_files() {
  cut --characters 67- "$record_file"
}
