#!/usr/bin/env bash
# Builds the Pulumi CLI and its plugins from Go modules; the last line is the folder that they are in.
set -o errexit -o nounset -o pipefail
# shellcheck source=offline/go.sh
source "$(dirname "${BASH_SOURCE[0]}")/go.sh"

main() {
  local key bin
  ensure_go
  key=$({
    sums_of "$modules/"{pulumi,language-nodejs,providers,command}
    sha256sum <"${BASH_SOURCE[0]}"
  } | sha256sum | head --bytes 12)
  bin=$CACHE/offline/toolchain/$key/bin
  if [[ ! -d $bin ]]; then
    build "$bin"
  fi
  printf '%s\n' "$bin"
}

build() {
  local bin=$1 version product tags=osusergo,grpcnotrace strip="-s -w"
  version=$(sed -n 's#^\tgithub.com/pulumi/pulumi/pkg/v3 \(v[0-9.]*\).*#\1#p' "$modules/pulumi/go.mod")
  begin_steps 4
  go_step "Pulumi ${version#v}" pulumi -tags "$tags" \
    -ldflags "$strip -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" tool
  go_step "language host for Node" language-nodejs -tags "$tags" -ldflags "$strip" tool
  go_step "tls and random plugins" providers -tags "$tags" -ldflags "$strip" \
    ./pulumi-resource-tls ./pulumi-resource-random
  go_step "command plugin" command -tags "$tags" -ldflags "$strip" ./pulumi-resource-command
  wait_for_steps

  rm -rf "$bin.unfinished"
  mkdir -p "$bin.unfinished"
  for product in "${product_of[@]}"; do
    cp --archive --link "$product/." "$bin.unfinished"
  done
  rm -rf "$bin"
  mv --no-target-directory "$bin.unfinished" "$bin"
}

main
