#!/usr/bin/env bash
# Sourced by what fills the mirror: a folder whose paths repeat the host and path of the official sites.

# shellcheck source=scripts/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"
MIRROR=$CACHE/mirror

# mirror_is_complete KUBERNETES ARCH ORIGIN: true when the mirror holds this version from this origin, or the official one.
# A mirror that is built has a part `shared` in place of a version: what all versions need.
mirror_is_complete() {
  local origin
  origin=$(cat "$MIRROR/.complete/$1-$2" 2>/dev/null) || return 1
  [[ $origin == "$3" || $origin == official ]]
}

# publish_mirror KUBERNETES ARCH ORIGIN FOLDER...: moves the folders' files into the mirror and their checksums into its list.
# What else is there stays: a mirror holds any number of versions.
publish_mirror() {
  local complete=$MIRROR/.complete/$1-$2 folder
  mkdir -p "$MIRROR/.complete"
  rm -f "$complete"
  for folder in "${@:4}"; do
    (cd "$folder" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum) >"$MIRROR/.new"
    cp --archive --link --force "$folder/." "$MIRROR"
    touch "$MIRROR/SHA256SUMS"
    awk '!($2 in sum) { order[++n] = $2 } { sum[$2] = $1 } END { for (i = 1; i <= n; i++) print sum[order[i]] "  " order[i] }' \
      "$MIRROR/SHA256SUMS" "$MIRROR/.new" | LC_ALL=C sort --key 2 >"$MIRROR/.sums"
    mv "$MIRROR/.sums" "$MIRROR/SHA256SUMS"
    rm -rf "$MIRROR/.new" "$folder"
  done
  printf '%s\n' "$3" >"$complete"
}
