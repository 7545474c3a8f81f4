#!/usr/bin/env bash
# Gets the official Pulumi CLI, unless a fitting one is installed; the last line is the folder that it is in.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

version=3.259.0
# The first that was seen to have --skip-plugin-pre-install.
oldest=3.256.0
BASE_URL=${BASE_URL:-https:/}
site=$BASE_URL/get.pulumi.com/releases/sdk

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

main() {
  local folder=$CACHE/online/pulumi-$version installed
  if installed=$(installed_bin); then
    printf '%s\n' "$installed"
    return
  fi
  if [[ ! -x $folder/pulumi ]]; then
    lock_cache
    mkdir -p "$CACHE/online"
    rm -rf "$CACHE/online"/unfinished.*
    [[ -x $folder/pulumi ]] || install_in "$folder"
  fi
  printf '%s\n' "$folder"
}

# The folder of a pulumi on PATH that is new enough and has its language host for Node beside it or on PATH.
installed_bin() {
  local found
  command -v pulumi-language-nodejs >/dev/null || return
  found=$(pulumi version 2>/dev/null) || return
  [[ $(printf '%s\n' "$oldest" "${found#v}" | sort --version-sort | head -n 1) == "$oldest" ]] || return
  dirname "$(command -v pulumi)"
}

install_in() {
  local archive unfinished
  archive=pulumi-v$version-$(system).tar.gz
  unfinished=$(mktemp -d "$CACHE/online/unfinished.XXXXXX")
  printf 'downloading the Pulumi CLI %s\n' "$version" >&2
  fetch "$site/$archive" "$unfinished/$archive"
  fetch "$site/pulumi-$version-checksums.txt" "$unfinished/checksums"
  (cd "$unfinished" && grep "  $archive\$" checksums | sha256sum --check --status) ||
    fail "$archive is not what Pulumi's list of checksums says: it was changed on its way, or at its source"
  tar --extract --gzip --file "$unfinished/$archive" --directory "$unfinished"
  mv --no-target-directory "$unfinished/pulumi" "$1"
  rm -rf "$unfinished"
}

system() {
  case $(uname -m) in
  x86_64) echo linux-x64 ;;
  aarch64 | arm64) echo linux-arm64 ;;
  *) fail "there is no Pulumi CLI for this computer's processor, $(uname -m)" ;;
  esac
}

fetch() {
  curl --fail --silent --show-error --location --retry 3 --connect-timeout 10 --output "$2" "$1" ||
    fail "$1 could not be downloaded; run the same command again, or use --offline to build instead"
}

main
