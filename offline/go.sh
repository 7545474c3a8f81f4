#!/usr/bin/env bash
# Sourced by the builds: a step that compiles one of the Go modules in modules/.

# shellcheck source=offline/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
modules=$here/modules
export GOTOOLCHAIN=local GOFLAGS="-trimpath -buildvcs=false" GOWORK=off CGO_ENABLED=0
declare -A product_of=()

ensure_go() {
  local found oldest=1.26.8
  found=$(go env GOVERSION 2>/dev/null) || found=none
  [[ $(printf '%s\n' "go$oldest" "$found" | sort --version-sort | head -n 1) == "go$oldest" ]] ||
    fail "Go $oldest or newer is needed to build what cannot be downloaded here; found: $found. Install it from your" \
      "distribution or as https://go.dev/doc/install says, and see that \"go version\" prints it."
}

# go_step TITLE MODULE ARGUMENT...: compiles a module with these arguments of go build, unless that was done before.
# product_of[MODULE] is then the folder of its binaries. CGO_ENABLED=1 in front of it uses the C compiler.
go_step() {
  local module=$2 key
  key=$({ printf '%s\n' "$CGO_ENABLED" "$(go env GOARCH)" "${@:3}" && sums_of "$modules/$module"; } | sha256sum)
  product_of[$module]=$products/$module-${key:0:12}
  step "$1" "${product_of[$module]}" compile "$modules/$module" "${@:3}"
}

compile() {
  local out=$PWD
  cd "$1" || return
  go build -o "$out/" "${@:2}"
}

# Prints the checksum of each file of these folders, whose own place does not matter.
sums_of() {
  local folder
  for folder in "$@"; do
    (cd "$folder" && find . -type f | LC_ALL=C sort | xargs sha256sum)
  done
}
