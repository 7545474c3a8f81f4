#!/usr/bin/env bash
# Records on the admin machine which restore the cluster began with, if any.
: "${origin_record:?}"

main() {
  one_at_a_time
  if [[ -z $ORIGIN ]]; then
    rm --force "$origin_record"
    return
  fi
  phase "is to begin with the snapshot of restore $ORIGIN"
  write_file "$origin_record" 0644 "$ORIGIN" || true
}

main "$@" </dev/null
