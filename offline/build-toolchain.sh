#!/usr/bin/env bash
# Builds the Pulumi CLI and its plugins from Go modules. The last line is the folder of the CLI; beside it is `plugins`,
# laid out as the CLI keeps them.
set -o errexit -o nounset -o pipefail
# shellcheck source=offline/go.sh
source "$(dirname "${BASH_SOURCE[0]}")/go.sh"

main() {
  local key bin
  ensure_go
  key=$({
    sums_of "$modules/"{pulumi,language-nodejs,providers,command}
    sha256sum <"${BASH_SOURCE[0]}"
    plugin_versions
  } | sha256sum | head --bytes 12)
  bin=$CACHE/offline/toolchain/$key/bin
  if [[ ! -d $bin ]]; then
    build "$bin"
  fi
  printf '%s\n' "$bin"
}

build() {
  local bin=$1 version tags=osusergo,grpcnotrace strip="-s -w"
  version=$(sed -n 's#^\tgithub.com/pulumi/pulumi/pkg/v3 \(v[0-9.]*\).*#\1#p' "$modules/pulumi/go.mod")
  begin_steps 4
  go_step "Pulumi ${version#v}" pulumi -tags "$tags" \
    -ldflags "$strip -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" tool
  go_step "language host for Node" language-nodejs -tags "$tags" -ldflags "$strip" tool
  go_step "tls and random plugins" providers -tags "$tags" -ldflags "$strip" \
    ./pulumi-resource-tls ./pulumi-resource-random
  go_step "command plugin" command -tags "$tags" -ldflags "$strip" ./pulumi-resource-command
  wait_for_steps

  lay_out "$bin"
}

# Each plugin goes by the version of its npm package, which is the one that the program asks for.
plugin_versions() {
  sed -n 's#^ *"@pulumi/\(command\|random\|tls\)": "\(.*\)",#\1 \2#p' "$modules/../../package.json"
}

lay_out() {
  local bin=$1 product name version folder
  rm -rf "$bin.unfinished"
  mkdir -p "$bin.unfinished"
  for product in "${product_of[@]}"; do
    cp --archive --link "$product/." "$bin.unfinished"
  done
  while read -r name version; do
    folder=${bin%/bin}/plugins/resource-$name-v$version
    mkdir -p "$folder"
    mv "$bin.unfinished/pulumi-resource-$name" "$folder"
  done < <(plugin_versions)
  rm -rf "$bin"
  mv --no-target-directory "$bin.unfinished" "$bin"
}

main
